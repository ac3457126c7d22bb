import unittest

import matplotlib.pyplot as plt
import numpy as np


class TestCases(unittest.TestCase):
    def tearDown(self):
        plt.close("all")

    def test_percentiles_are_interpolated(self):
        """The table holds the 50th, 95th and 99th percentile of each endpoint."""
        _, table = task_func({"/a": list(range(1, 102)), "/b": [10, 20]})
        np.testing.assert_allclose(table["/a"], [51, 96, 100])
        np.testing.assert_allclose(table["/b"], [15, 19.5, 19.9])

    def test_the_slowest_comes_first(self):
        """Table and tick labels are ordered by the 99th percentile, then by name."""
        ax, table = task_func({"/b": [5], "/quick": [1], "/a": [5], "/slow": [9, 9]})
        self.assertEqual(list(table), ["/slow", "/a", "/b", "/quick"])
        self.assertEqual([label.get_text() for label in ax.get_xticklabels()], ["/slow", "/a", "/b", "/quick"])

    def test_a_few_slow_answers_decide_the_order(self):
        """An endpoint that is usually fast comes first if its 99th percentile is the highest."""
        _, table = task_func({"/steady": [10], "/spiky": [1] * 97 + [50] * 3})
        self.assertEqual(list(table), ["/spiky", "/steady"])

    def test_bars_stand_in_groups(self):
        """Each endpoint has one bar per percentile at its tick, and no two bars start at the same place."""
        ax, table = task_func({"/a": [1, 2, 4], "/b": [3, 5], "/c": [7]})
        ticks = np.array(ax.get_xticks())
        groups = [[] for _ in ticks]
        for bar in ax.patches:
            groups[np.abs(ticks - bar.get_x() - bar.get_width() / 2).argmin()].append(bar.get_height())
        np.testing.assert_allclose([sorted(heights) for heights in groups], list(table.values()))
        self.assertEqual(len({round(bar.get_x(), 6) for bar in ax.patches}), 9)

    def test_title_label_and_legend(self):
        """Title, axis label and legend read as described."""
        ax, _ = task_func({"/a": [1, 2]})
        self.assertEqual(ax.get_title(), "Latency percentiles")
        self.assertEqual(ax.get_ylabel(), "Latency (ms)")
        self.assertEqual([text.get_text() for text in ax.get_legend().get_texts()], ["p50", "p95", "p99"])

    def test_the_scale_depends_on_the_spread(self):
        """From a factor of 100 on the y axis is logarithmic, below it is linear."""
        for fast, slow, scale in ((1, 99, "linear"), (1, 100, "log"), (2, 199, "linear"), (0.5, 5000, "log")):
            ax, _ = task_func({"/a": [fast], "/b": [slow]})
            with self.subTest(fast=fast, slow=slow):
                self.assertEqual(ax.get_yscale(), scale)

    def test_endpoints_without_samples_are_left_out(self):
        """An empty list gives neither a table entry nor a tick."""
        ax, table = task_func({"/unused": [], "/a": [3]})
        self.assertEqual(list(table), ["/a"])
        self.assertEqual([label.get_text() for label in ax.get_xticklabels()], ["/a"])

    def test_bad_samples_are_value_errors(self):
        """Zero, negative and missing response times raise ValueError."""
        for samples in ({"/a": [1, 0]}, {"/a": [1], "/b": [2, -3]}, {}, {"/a": [], "/b": []}):
            with self.subTest(samples=samples), self.assertRaises(ValueError):
                task_func(samples)
