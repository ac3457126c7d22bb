import unittest

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba


class TestCases(unittest.TestCase):
    y_true = ["cat", "cat", "cat", "cat", "dog", "dog", "owl"]
    y_pred = ["cat", "cat", "cat", "dog", "dog", "owl", "owl"]

    def tearDown(self):
        plt.close("all")

    def cells(self, ax):
        return {(round(text.get_position()[1]), round(text.get_position()[0])): text for text in ax.texts}

    def test_rows_are_true_classes(self):
        """Each row of shares belongs to a true class and adds up to one."""
        _, shares = task_func(self.y_true, self.y_pred)
        np.testing.assert_allclose(shares, [[0.75, 0.25, 0], [0, 0.5, 0.5], [0, 0, 1]])

    def test_classes_of_either_list_are_shown(self):
        """A class that is only predicted, or never predicted, has its row and column."""
        ax, shares = task_func(["b", "b", "c"], ["a", "b", "b"])
        np.testing.assert_allclose(shares, [[0, 0, 0], [0.5, 0.5, 0], [0, 1, 0]])
        for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
            self.assertEqual([label.get_text() for label in labels], ["a", "b", "c"])

    def test_the_heatmap_shows_the_shares(self):
        """The colours of the cells stand for the shares, not for the counts."""
        ax, shares = task_func(self.y_true, self.y_pred)
        drawn = [np.ravel(artist.get_array()) for artist in (*ax.images, *ax.collections)]
        self.assertEqual(len(drawn), 1)
        np.testing.assert_allclose(drawn[0], shares.ravel())

    def test_cells_are_annotated_with_count_and_share(self):
        """Every cell carries its number of samples and its share in whole percent."""
        ax, _ = task_func(self.y_true, self.y_pred)
        expected = [["3\n75%", "1\n25%", "0\n0%"], ["0\n0%", "1\n50%", "1\n50%"], ["0\n0%", "0\n0%", "1\n100%"]]
        cells = self.cells(ax)
        self.assertEqual(len(cells), 9)
        self.assertEqual([[cells[row, column].get_text() for column in range(3)] for row in range(3)], expected)

    def test_dark_cells_have_white_text(self):
        """Text is white above a share of one half, and black at one half and below."""
        ax, shares = task_func(self.y_true, self.y_pred)
        for place, text in self.cells(ax).items():
            with self.subTest(place=place):
                wanted = "white" if shares[place] > 0.5 else "black"
                self.assertEqual(to_rgba(text.get_color()), to_rgba(wanted))

    def test_title_and_axis_labels(self):
        """The title states the accuracy with one decimal, and the axes say which is which."""
        ax, _ = task_func(self.y_true, self.y_pred)
        self.assertEqual(ax.get_title(), "Accuracy: 71.4%")
        self.assertEqual(ax.get_xlabel(), "Predicted")
        self.assertEqual(ax.get_ylabel(), "True")

    def test_a_perfect_classifier(self):
        """With all predictions right the shares are the identity."""
        ax, shares = task_func(["x", "y", "z", "x"], ["x", "y", "z", "x"])
        np.testing.assert_allclose(shares, np.eye(3))
        self.assertEqual(ax.get_title(), "Accuracy: 100.0%")

    def test_empty_or_unequal_lists_are_value_errors(self):
        """Nothing to compare, and lists of unequal length, raise ValueError."""
        for y_true, y_pred in (([], []), (["a"], []), (["a", "b"], ["a"])):
            with self.subTest(y_true=y_true, y_pred=y_pred), self.assertRaises(ValueError):
                task_func(y_true, y_pred)
