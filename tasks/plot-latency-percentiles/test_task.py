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

    def test_each_percentile_has_a_bar(self):
        """The heights of the bars are the percentiles of the table."""
        ax, table = task_func({"/a": [1, 2, 4], "/b": [3, 5], "/c": [7]})
        heights = sorted(bar.get_height() for bar in ax.patches)
        self.assertEqual(len(heights), 9)
        np.testing.assert_allclose(heights, sorted(value for values in table.values() for value in values))

    def test_title_label_and_legend(self):
        """Title, axis label and legend read as described."""
        ax, _ = task_func({"/a": [1, 2]})
        self.assertEqual(ax.get_title(), "Latency percentiles")
        self.assertEqual(ax.get_ylabel(), "Latency (ms)")
        self.assertEqual([text.get_text() for text in ax.get_legend().get_texts()], ["p50", "p95", "p99"])

    def test_the_scale_depends_on_the_spread(self):
        """From a factor of 100 on the y axis is logarithmic, below it is linear."""
        for slow, scale in ((99.0, "linear"), (100.0, "log"), (5000.0, "log")):
            ax, _ = task_func({"/a": [1.0], "/b": [slow]})
            with self.subTest(slow=slow):
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
