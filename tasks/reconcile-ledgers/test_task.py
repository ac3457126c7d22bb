import os
import tempfile
import unittest
from decimal import Decimal


class TestCases(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def reconcile(self, bank, books):
        return task_func(self.write("bank.csv", bank), self.write("books.csv", books))

    def test_equal_ledgers_match(self):
        """The same totals in both files give matches and empty lists, however the number is written."""
        report = self.reconcile("reference,amount\nA,10.00\nB,-3\n", "reference,amount\nB,-3.000\nA,10\n")
        self.assertEqual(report, {"matched": 2, "different": [], "only_bank": [], "only_books": []})

    def test_every_kind_of_disagreement_is_listed(self):
        """Unequal totals and one-sided references each stand in their own list."""
        report = self.reconcile(
            "reference,amount\nA,10.00\nB,5.00\nC,1.00\n", "reference,amount\nA,10.00\nB,5.01\nD,2.00\n"
        )
        self.assertEqual(report["matched"], 1)
        self.assertEqual(report["different"], [("B", Decimal("5.00"), Decimal("5.01"))])
        self.assertEqual(report["only_bank"], [("C", Decimal("1.00"))])
        self.assertEqual(report["only_books"], [("D", Decimal("2.00"))])

    def test_rows_of_one_reference_are_added_exactly(self):
        """Ten times 0.10 is exactly 1: amounts are decimal, not binary."""
        report = self.reconcile("reference,amount\n" + "A,0.10\n" * 10, "reference,amount\n A ,1.00\n")
        self.assertEqual(report["matched"], 1)
        self.assertEqual(report["different"], [])

    def test_thousands_and_parentheses_are_understood(self):
        """Commas between thousands are dropped and parentheses mean a negative amount."""
        report = self.reconcile('reference,amount\nA,"1,250,000.75"\nB,"(1,000.50)"\n', "reference,amount\n")
        self.assertEqual(report["only_bank"], [("A", Decimal("1250000.75")), ("B", Decimal("-1000.50"))])

    def test_lists_are_sorted_by_reference(self):
        """References come sorted in every list, whatever the order of the rows."""
        report = self.reconcile(
            "reference,amount\nz,1\nm,1\nc,1\na,1\n", "reference,amount\ny,1\nm,2\nb,1\na,2\n"
        )
        self.assertEqual([row[0] for row in report["different"]], ["a", "m"])
        self.assertEqual([row[0] for row in report["only_bank"]], ["c", "z"])
        self.assertEqual([row[0] for row in report["only_books"]], ["b", "y"])

    def test_columns_may_stand_anywhere(self):
        """Other columns are ignored and the order of the columns does not matter."""
        report = self.reconcile(
            "date,amount,reference,text\n2026-01-02,7,ü1,\"rent, May\"\n", "reference,amount\nü1,7\n"
        )
        self.assertEqual(report["matched"], 1)

    def test_invalid_amounts_are_value_errors(self):
        """Text, nothing, and numbers that are not finite raise ValueError."""
        for amount in ("ten", "", "NaN", "Infinity", "(50", "50)"):
            with self.subTest(amount=amount), self.assertRaises(ValueError):
                self.reconcile(f"reference,amount\nA,{amount}\n", "reference,amount\nA,1\n")

    def test_missing_columns_are_value_errors(self):
        """A header without one of the columns, and an empty file, raise ValueError."""
        for books in ("reference,total\nA,1\n", "id,amount\nA,1\n", ""):
            with self.subTest(books=books), self.assertRaises(ValueError):
                self.reconcile("reference,amount\nA,1\n", books)
