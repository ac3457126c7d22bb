import unittest


class TestCases(unittest.TestCase):
    def test_working_days_stay(self):
        """Nominal dates on working days are returned as they are, across the turn of the year."""
        self.assertEqual(
            task_func("2026-10-15", 4), ["2026-10-15", "2026-11-16", "2026-12-15", "2027-01-15"]
        )

    def test_weekends_move_forward(self):
        """A Saturday and a Sunday move to the Monday after."""
        self.assertEqual(task_func("2026-08-01", 1), ["2026-08-03"])
        self.assertEqual(task_func("2026-03-01", 1), ["2026-03-02"])

    def test_the_end_of_the_month_moves_backward(self):
        """Where the next working day is in another month, the nearest earlier one is taken."""
        self.assertEqual(task_func("2026-05-31", 1), ["2026-05-29"])
        self.assertEqual(task_func("2027-01-30", 1), ["2027-01-29"])

    def test_short_months_use_their_last_day_and_the_day_comes_back(self):
        """The 31st becomes the last day of a short month and the 31st again afterwards."""
        self.assertEqual(
            task_func("2027-12-31", 4), ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]
        )

    def test_holidays_count_like_weekends(self):
        """A holiday moves the date, and several days off in a row are passed together."""
        self.assertEqual(task_func("2026-01-01", 1, ["2026-01-01"]), ["2026-01-02"])
        self.assertEqual(
            task_func("2026-04-03", 1, ["2026-04-03", "2026-04-06"]), ["2026-04-07"]
        )

    def test_holidays_count_when_moving_backward(self):
        """Holidays are avoided in the backward direction too."""
        self.assertEqual(task_func("2026-10-31", 1, ["2026-10-30", "2026-10-29"]), ["2026-10-28"])

    def test_a_moved_date_does_not_shift_the_rest(self):
        """Every month starts again from the nominal day."""
        self.assertEqual(task_func("2026-02-28", 3), ["2026-02-27", "2026-03-30", "2026-04-28"])

    def test_bad_arguments_are_value_errors(self):
        """A count below one and dates that do not exist raise ValueError."""
        for first, count, holidays in (
            ("2026-01-15", 0, ()),
            ("2026-02-30", 1, ()),
            ("15.01.2026", 1, ()),
            ("2026-01-15", 1, ["2026-13-01"]),
        ):
            with self.subTest(first=first, count=count), self.assertRaises(ValueError):
                task_func(first, count, holidays)
