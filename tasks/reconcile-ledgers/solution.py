import csv
from collections import defaultdict
from decimal import Decimal, InvalidOperation


def task_func(bank_path, book_path):
    """
    Compare a bank statement with the books and report, reference by reference, where they disagree.

    Both are CSV files in UTF-8 with a header line that has at least the columns 'reference' and 'amount', in any
    order. Whitespace around a reference is ignored. A reference may stand in several rows of a file: its amounts
    are added. An amount may have commas between its thousands ('1,250.00'), and a negative amount may be written
    with a minus sign or, as accountants do, in parentheses: '(12.50)' means -12.50. Amounts are decimal numbers,
    added without rounding.

    Parameters:
    - bank_path (str): The path of the bank statement.
    - book_path (str): The path of the books.

    Returns:
    - dict: Four entries:
        - 'matched' (int): The number of references whose totals are equal in both files.
        - 'different' (list of tuple): (reference, total in the bank statement, total in the books) for each reference
          that is in both files with unequal totals.
        - 'only_bank' (list of tuple): (reference, total) for each reference that is only in the bank statement.
        - 'only_books' (list of tuple): (reference, total) for each reference that is only in the books.
      Totals are `Decimal` objects. Each list is sorted by reference.

    Requirements:
    - csv
    - collections
    - decimal

    Raises:
    - ValueError: If a file lacks one of the two columns, or an amount is not a finite decimal number.

    Example:
    >>> with open('bank.csv', 'w') as bank, open('books.csv', 'w') as books:
    ...     _ = bank.write('reference,amount\\nA1,10.00\\nA2,(3.50)\\n')
    ...     _ = books.write('reference,amount\\nA1,10\\n')
    >>> report = task_func('bank.csv', 'books.csv')
    >>> report['matched'], report['only_bank']
    (1, [('A2', Decimal('-3.50'))])
    """

    def totals(path):
        result = defaultdict(Decimal)
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if not {"reference", "amount"} <= set(reader.fieldnames or ()):
                raise ValueError(f"{path}: the columns 'reference' and 'amount' are needed")
            for row in reader:
                written = (row["amount"] or "").strip().replace(",", "")
                negative = written.startswith("(") and written.endswith(")")
                try:
                    amount = Decimal(written[1:-1] if negative else written)
                except InvalidOperation:
                    amount = Decimal("NaN")
                if not amount.is_finite():
                    raise ValueError(f"{path}, line {reader.line_num}: invalid amount {row['amount']!r}")
                result[row["reference"].strip()] += -amount if negative else amount
        return result

    bank, books = totals(bank_path), totals(book_path)
    shared = sorted(bank.keys() & books.keys())
    different = [(name, bank[name], books[name]) for name in shared if bank[name] != books[name]]
    return {
        "matched": len(shared) - len(different),
        "different": different,
        "only_bank": [(name, bank[name]) for name in sorted(bank.keys() - books.keys())],
        "only_books": [(name, books[name]) for name in sorted(books.keys() - bank.keys())],
    }
