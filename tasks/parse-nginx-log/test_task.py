import unittest


class TestCases(unittest.TestCase):
    def line(self, client="203.0.113.9", time="05/Mar/2026:10:15:00 +0000", status=200, size=100):
        request = f'{client} - - [{time}] "GET /shop?id=1 HTTP/1.1" {status} {size}'
        return f'{request} "https://example.org/" "Mozilla/5.0 (X11)"'

    def test_one_hour_is_added_up(self):
        """Requests, errors, bytes and distinct clients of one hour make one row."""
        table, skipped = task_func(
            [
                self.line(),
                self.line(status=500, size=50),
                self.line(client="198.51.100.4", time="05/Mar/2026:10:59:59 +0000", status=503, size=7),
                self.line(client="198.51.100.4", status=404, size=3),
            ]
        )
        self.assertEqual(
            table.to_dict("records"),
            [{"hour": "2026-03-05T10:00Z", "requests": 4, "errors": 2, "bytes": 160, "clients": 2}],
        )
        self.assertEqual(skipped, 0)

    def test_columns_are_in_the_stated_order(self):
        """The columns come in the order that the description gives."""
        table, _ = task_func([self.line()])
        self.assertEqual(list(table.columns), ["hour", "requests", "errors", "bytes", "clients"])

    def test_offsets_are_converted_to_utc(self):
        """A local time with an offset is counted in its UTC hour, on the day before if need be."""
        table, _ = task_func(
            [self.line(time="06/Mar/2026:01:30:00 +0200"), self.line(time="05/Mar/2026:18:45:00 -0500")]
        )
        self.assertEqual(list(table["hour"]), ["2026-03-05T23:00Z"])
        self.assertEqual(list(table["requests"]), [2])

    def test_hours_are_ascending_without_gaps_filled(self):
        """Rows are sorted by hour, also across years, and empty hours have no row."""
        table, _ = task_func(
            [
                self.line(time="01/Jan/2027:00:00:00 +0000"),
                self.line(time="31/Dec/2026:20:00:00 +0000"),
                self.line(time="31/Dec/2026:23:59:59 +0000"),
            ]
        )
        self.assertEqual(list(table["hour"]), ["2026-12-31T20:00Z", "2026-12-31T23:00Z", "2027-01-01T00:00Z"])

    def test_a_dash_counts_as_no_bytes(self):
        """A size of '-' is valid and counts as zero."""
        table, skipped = task_func([self.line(size="-"), self.line(size=12)])
        self.assertEqual(table["bytes"].tolist(), [12])
        self.assertEqual(table["requests"].tolist(), [2])
        self.assertEqual(skipped, 0)

    def test_invalid_lines_are_counted_and_blank_ones_are_not(self):
        """Other formats and impossible dates are skipped and counted; blank lines are neither."""
        table, skipped = task_func(
            [
                self.line() + "\n",
                "\n",
                "   ",
                "connect() failed (111: Connection refused)",
                self.line(time="31/Feb/2026:10:00:00 +0000"),
                self.line(status="OK"),
            ]
        )
        self.assertEqual(table["requests"].tolist(), [1])
        self.assertEqual(skipped, 3)

    def test_lines_may_come_from_a_generator(self):
        """Any iterable of lines will do."""
        table, skipped = task_func(self.line(client=f"192.0.2.{n}") for n in range(3))
        self.assertEqual(table["clients"].tolist(), [3])
        self.assertEqual(skipped, 0)

    def test_a_log_without_a_valid_line_is_an_error(self):
        """Nothing at all and nothing valid both raise ValueError."""
        with self.assertRaises(ValueError):
            task_func([])
        with self.assertRaises(ValueError):
            task_func(["not a log line"])
