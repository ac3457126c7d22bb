import hashlib
import hmac
import unittest


class TestCases(unittest.TestCase):
    secret = "päpper"

    def pseudonym(self, kind, address):
        digest = hmac.new(self.secret.encode("utf-8"), address.encode("utf-8"), hashlib.sha256).hexdigest()
        return f"{kind}-{digest[:12]}"

    def test_public_addresses_are_replaced(self):
        """A public IPv4 address becomes its keyed pseudonym, and the text around it stays."""
        text, counts = task_func("GET / from 8.8.8.8 [ok]\n", self.secret)
        name = self.pseudonym("ip", "8.8.8.8")
        self.assertEqual(text, f"GET / from {name} [ok]\n")
        self.assertEqual(counts, {name: 1})

    def test_mail_addresses_are_replaced_in_lower_case(self):
        """Spellings that differ in case share one pseudonym; a full stop after the address stays."""
        text, counts = task_func("Ann.Lee+x@Mail.Example.org wrote to ann.lee+x@mail.example.org.", self.secret)
        name = self.pseudonym("mail", "ann.lee+x@mail.example.org")
        self.assertEqual(text, f"{name} wrote to {name}.")
        self.assertEqual(counts, {name: 2})

    def test_private_addresses_stay(self):
        """Private and loopback addresses are left as they are and not counted."""
        line = "10.1.2.3 -> 192.168.0.7 -> 172.16.5.4 -> 127.0.0.1"
        self.assertEqual(task_func(line, self.secret), (line, {}))

    def test_numbers_that_are_no_addresses_stay(self):
        """Impossible octets, versions with five parts, and numbers inside words are left as they are."""
        line = "999.8.8.8 1.2.3.4.5 v8.8.8.8 8.8.8.8a _8.8.8.8 8.8.8 8.8.8.8888"
        self.assertEqual(task_func(line, self.secret), (line, {}))

    def test_punctuation_may_touch_an_address(self):
        """Brackets, colons, commas and a final full stop are no part of an address."""
        one, two = self.pseudonym("ip", "1.1.1.1"), self.pseudonym("ip", "9.9.9.9")
        text, counts = task_func("(1.1.1.1:443),9.9.9.9/24, not 1.1.1.1.", self.secret)
        self.assertEqual(text, f"({one}:443),{two}/24, not {one}.")
        self.assertEqual(counts, {one: 2, two: 1})

    def test_incomplete_mail_addresses_stay(self):
        """Without a second label, or without a name, it is no address."""
        line = "root@localhost @example.org user@ a@b"
        self.assertEqual(task_func(line, self.secret), (line, {}))

    def test_another_secret_gives_other_pseudonyms(self):
        """The pseudonym depends on the secret and on the address."""
        first, _ = task_func("8.8.8.8 8.8.4.4", "one")
        second, _ = task_func("8.8.8.8 8.8.4.4", "two")
        self.assertEqual(len({*first.split(), *second.split()}), 4)

    def test_an_empty_secret_is_a_value_error(self):
        """Without a secret there are no pseudonyms."""
        with self.assertRaises(ValueError):
            task_func("8.8.8.8", "")
