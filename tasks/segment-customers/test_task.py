import unittest

import pandas as pd


class TestCases(unittest.TestCase):
    def orders(self, *rows):
        return pd.DataFrame(list(rows), columns=["customer", "date", "amount"])

    def shop(self):
        """Make three kinds of customers that are far apart: loyal ones, one-time ones of long ago, and new ones."""
        rows = []
        for number in range(4):
            for day in range(10, 30):
                rows.append((f"loyal{number}", f"2026-05-{day}", 50 + number))
            rows.append((f"lost{number}", f"2025-06-1{number}", 10 + number))
            rows.append((f"new{number}", f"2026-05-2{number}", 300 + number))
        return self.orders(*rows)

    def test_features_are_computed(self):
        """Recency, frequency and monetary are days, orders and sums up to the day of the evaluation."""
        result = task_func(
            self.orders(
                ("bob", "2026-03-01", 10.0),
                ("ann", "2026-02-27", 5.5),
                ("bob", "2026-01-01", 2.5),
                ("ann", "2026-02-28", 4.5),
                ("ann", "2026-02-01", 1.0),
            ),
            "2026-03-01",
            n_segments=1,
        )
        self.assertEqual(list(result.columns), ["recency", "frequency", "monetary", "segment"])
        self.assertEqual(list(result.index), ["ann", "bob"])
        self.assertEqual(result.loc["ann"].tolist(), [1, 3, 11.0, 0])
        self.assertEqual(result.loc["bob"].tolist(), [0, 2, 12.5, 0])

    def test_later_orders_are_ignored(self):
        """An order after the day does not count, nor does a customer with no other order."""
        result = task_func(
            self.orders(("ann", "2026-02-01", 1), ("ann", "2026-03-02", 7), ("eve", "2026-03-02", 9)),
            "2026-03-01",
            n_segments=1,
        )
        self.assertEqual(list(result.index), ["ann"])
        self.assertEqual(result.loc["ann"].tolist(), [28, 1, 1, 0])

    def test_kinds_of_customers_become_segments(self):
        """Clearly different groups are separated, numbered by what they spend on average."""
        result = task_func(self.shop(), "2026-05-31")
        groups = {kind: set(result["segment"][result.index.str.startswith(kind)]) for kind in ("loyal", "new", "lost")}
        self.assertEqual(groups, {"loyal": {0}, "new": {1}, "lost": {2}})

    def test_the_seed_does_not_rename_segments(self):
        """Where groups are clear, every seed gives the same segments."""
        expected = task_func(self.shop(), "2026-05-31", seed=0)["segment"].tolist()
        for seed in (1, 2, 3):
            with self.subTest(seed=seed):
                self.assertEqual(task_func(self.shop(), "2026-05-31", seed=seed)["segment"].tolist(), expected)

    def test_features_are_standardised(self):
        """Customers that differ in recency are separated although amounts vary on a far larger scale."""
        rows = []
        for number in range(6):
            rows.append((f"recent{number}", "2026-05-30", 100_000 + 3_000 * number))
            rows.append((f"former{number}", "2026-01-01", 100_500 + 3_000 * number))
        result = task_func(self.orders(*rows), "2026-05-31", n_segments=2)
        recent = set(result["segment"][result.index.str.startswith("recent")])
        former = set(result["segment"][result.index.str.startswith("former")])
        self.assertEqual((recent, former), ({1}, {0}))

    def test_datetimes_are_accepted_and_the_orders_kept(self):
        """Dates may be datetimes already, and the given frame is not modified."""
        orders = self.shop()
        orders["date"] = pd.to_datetime(orders["date"])
        before = orders.copy()
        result = task_func(orders, "2026-05-31")
        pd.testing.assert_frame_equal(orders, before)
        self.assertEqual(result["frequency"].sum(), len(orders))

    def test_impossible_numbers_of_segments_are_value_errors(self):
        """Fewer than one segment, and more than there are customers in time, raise ValueError."""
        orders = self.orders(("ann", "2026-02-01", 1), ("bob", "2026-02-01", 5), ("eve", "2026-09-01", 9))
        for n_segments in (0, 3):
            with self.subTest(n_segments=n_segments), self.assertRaises(ValueError):
                task_func(orders, "2026-03-01", n_segments=n_segments)
