import unittest


class TestCases(unittest.TestCase):
    def test_two_offices_overlap(self):
        """The slot runs from the later start to the earlier end, in UTC."""
        people = {"Ada": ("Europe/London", "09:00", "17:00"), "Ben": ("America/New_York", "08:30", "16:15")}
        self.assertEqual(task_func("2026-07-01", people, 30), [("12:30", "16:00")])

    def test_daylight_saving_time_is_respected(self):
        """Between the American and the European change of clocks the overlap is an hour longer than in February."""
        people = {
            "Cem": ("Europe/Berlin", "09:00", "17:00"),
            "Dee": ("America/New_York", "09:00", "17:00"),
        }
        self.assertEqual(task_func("2026-02-16", people, 60), [("14:00", "16:00")])
        self.assertEqual(task_func("2026-03-16", people, 60), [("13:00", "16:00")])

    def test_a_zone_far_ahead_is_met_on_its_next_day(self):
        """Working hours of the next local day fall into the evening of the UTC day."""
        people = {"Eve": ("Pacific/Auckland", "08:00", "16:00")}
        self.assertEqual(task_func("2026-07-01", people, 30), [("00:00", "04:00"), ("20:00", "24:00")])

    def test_half_hour_offsets(self):
        """Offsets that are no whole hours are converted exactly."""
        people = {"Fay": ("Asia/Kathmandu", "10:00", "18:00"), "Gus": ("Asia/Kolkata", "10:00", "18:00")}
        self.assertEqual(task_func("2026-05-04", people, 1), [("04:30", "12:15")])

    def test_night_shifts_wrap_around(self):
        """A shift that ends earlier than it starts goes on past midnight."""
        people = {"Hal": ("UTC", "22:00", "06:00"), "Ida": ("UTC", "05:00", "23:00")}
        self.assertEqual(task_func("2026-05-04", people, 30), [("05:00", "06:00"), ("22:00", "23:00")])

    def test_around_the_clock(self):
        """An equal start and end means that the person is always at work, on any side of local midnight."""
        self.assertEqual(task_func("2026-05-04", {"Bot": ("Asia/Tokyo", "07:00", "07:00")}, 1440), [("00:00", "24:00")])

    def test_short_slots_are_left_out(self):
        """A slot of exactly the wanted length is reported, a shorter one is not."""
        people = {"Jan": ("UTC", "08:00", "10:00"), "Kim": ("UTC", "09:15", "17:00")}
        self.assertEqual(task_func("2026-05-04", people, 45), [("09:15", "10:00")])
        self.assertEqual(task_func("2026-05-04", people, 46), [])

    def test_touching_hours_do_not_overlap(self):
        """An end is exclusive: nobody meets where one ends as the other starts."""
        people = {"Lou": ("UTC", "08:00", "12:00"), "Max": ("UTC", "12:00", "16:00")}
        self.assertEqual(task_func("2026-05-04", people, 1), [])

    def test_bad_arguments_are_value_errors(self):
        """No people, an unknown zone, no minutes, and an impossible day or time raise ValueError."""
        good = {"Ned": ("UTC", "09:00", "17:00")}
        for day, people, minutes in (
            ("2026-05-04", {}, 30),
            ("2026-05-04", {"Ned": ("Mars/Olympus", "09:00", "17:00")}, 30),
            ("2026-05-04", good, 0),
            ("2026-02-30", good, 30),
            ("2026-05-04", {"Ned": ("UTC", "09:00", "25:00")}, 30),
        ):
            with self.subTest(day=day, people=people, minutes=minutes), self.assertRaises(ValueError):
                task_func(day, people, minutes)
