import unittest


class TestCases(unittest.TestCase):
    def test_an_exact_decay_is_recovered(self):
        """Points on an exponential give its half-life and initial count."""
        times = [0, 1, 2.5, 4, 8]
        result = task_func(times, [1000 * 0.5 ** (time / 3.2) for time in times])
        self.assertAlmostEqual(result["half_life"], 3.2)
        self.assertAlmostEqual(result["initial"], 1000, places=5)
        self.assertAlmostEqual(result["r_squared"], 1)
        self.assertEqual(result["used"], 5)

    def test_the_background_is_subtracted(self):
        """A constant background changes nothing once it is stated."""
        times = [0, 5, 10, 15]
        result = task_func(times, [25 + 640 * 0.5 ** (time / 5) for time in times], background=25)
        self.assertAlmostEqual(result["half_life"], 5)
        self.assertAlmostEqual(result["initial"], 640, places=5)

    def test_points_not_above_the_background_are_left_out(self):
        """Counts at or below the background are not used."""
        result = task_func([0, 1, 2, 3, 4], [90, 50, 30, 10, 7], background=10)
        self.assertEqual(result["used"], 3)
        self.assertAlmostEqual(result["half_life"], 1)
        self.assertAlmostEqual(result["initial"], 80, places=5)

    def test_scattered_points_give_the_least_squares_line(self):
        """The fit is the ordinary one in the logarithm: here slope -ln(2), intercept 6.5 ln(2), R squared 10/10.04."""
        result = task_func([4, 0, 3, 1, 2], [2**2.6, 2**6.6, 2**3.4, 2**5.4, 2**4.5])
        # exponents over the times 0..4: 6.6, 5.4, 4.5, 3.4, 2.6; their mean is 4.5 and their slope -1
        self.assertAlmostEqual(result["half_life"], 1.0)
        self.assertAlmostEqual(result["initial"], 2**6.5, places=5)
        self.assertAlmostEqual(result["r_squared"], 10 / 10.04)

    def test_times_need_not_start_at_zero(self):
        """The initial count is that of time 0, also where the measurement began later, in any order."""
        result = task_func([30, 20, 10], [0.25, 0.5, 1])
        self.assertAlmostEqual(result["half_life"], 10)
        self.assertAlmostEqual(result["initial"], 2)

    def test_a_signal_that_does_not_decrease_is_an_error(self):
        """A signal that grows, throughout or on the whole, raises ValueError."""
        for counts in ([1, 2, 4], [3, 2, 5]):
            with self.subTest(counts=counts), self.assertRaises(ValueError):
                task_func([0, 1, 2], counts)

    def test_unusable_points_are_value_errors(self):
        """Unequal numbers, too few points above the background, and a single time raise ValueError."""
        for times, counts, background in (
            ([0, 1, 2], [4, 2], 0),
            ([0, 1], [4, 2], 0),
            ([0, 1, 2], [9, 7, 5], 5),
            ([2, 2, 2], [9, 7, 5], 0),
        ):
            with self.subTest(times=times, counts=counts), self.assertRaises(ValueError):
                task_func(times, counts, background)
