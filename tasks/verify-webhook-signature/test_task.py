import hashlib
import hmac
import unittest


class TestCases(unittest.TestCase):
    secret = "whsec_9f2a"
    signed_at = 1767225600
    payload = b'{"type": "invoice.paid", "amount": 1250}'

    def sign(self, payload=None, secret=None, time=None):
        message = f"{time or self.signed_at}.".encode() + (self.payload if payload is None else payload)
        return hmac.new((secret or self.secret).encode(), message, hashlib.sha256).hexdigest()

    def header(self, *signatures, time=None):
        return ",".join([f"t={time or self.signed_at}", *(f"v1={signature}" for signature in signatures)])

    def test_a_correct_signature_gives_the_event(self):
        """The JSON object of a correctly signed request is returned."""
        event = task_func(self.payload, self.header(self.sign()), self.secret, self.signed_at)
        self.assertEqual(event, {"type": "invoice.paid", "amount": 1250})

    def test_one_of_several_signatures_is_enough(self):
        """A signature with the old secret beside one with the new secret is accepted, in either order."""
        old, new = self.sign(secret="whsec_old"), self.sign()
        for header in (self.header(old, new), self.header(new, old)):
            self.assertEqual(task_func(self.payload, header, self.secret, self.signed_at)["amount"], 1250)

    def test_other_schemes_are_ignored(self):
        """Only v1 counts: another name is ignored beside a good v1 and does not replace a missing one."""
        good = f"v0=00,{self.header(self.sign())},v2=abc"
        self.assertEqual(task_func(self.payload, good, self.secret, self.signed_at)["type"], "invoice.paid")
        with self.assertRaises(ValueError):
            task_func(self.payload, f"t={self.signed_at},v0={self.sign()}", self.secret, self.signed_at)

    def test_tampering_is_refused(self):
        """Another payload, another secret or another time of signing than the signed one is refused."""
        header = self.header(self.sign())
        with self.assertRaises(PermissionError):
            task_func(self.payload.replace(b"1250", b"9999"), header, self.secret, self.signed_at)
        with self.assertRaises(PermissionError):
            task_func(self.payload, header, "whsec_other", self.signed_at)
        with self.assertRaises(PermissionError):
            task_func(self.payload, self.header(self.sign(), time=self.signed_at + 1), self.secret, self.signed_at)

    def test_the_tolerance_is_inclusive_in_both_directions(self):
        """Exactly the tolerance is accepted, one second more is refused, for the past and the future."""
        header = self.header(self.sign())
        for direction in (1, -1):
            edge = self.signed_at + direction * 300
            self.assertEqual(task_func(self.payload, header, self.secret, edge)["amount"], 1250)
            with self.assertRaises(PermissionError):
                task_func(self.payload, header, self.secret, edge + direction)

    def test_the_tolerance_can_be_set(self):
        """A smaller tolerance refuses what the default accepts."""
        header = self.header(self.sign())
        with self.assertRaises(PermissionError):
            task_func(self.payload, header, self.secret, self.signed_at + 11, tolerance=10)
        event = task_func(self.payload, header, self.secret, self.signed_at + 10, tolerance=10)
        self.assertEqual(event["amount"], 1250)

    def test_malformed_headers_are_value_errors(self):
        """A missing, doubled or non-integer time, a missing v1 and a pair without '=' each raise ValueError."""
        signature = self.sign()
        headers = [
            f"v1={signature}",
            f"t={self.signed_at},t={self.signed_at},v1={signature}",
            f"t=yesterday,v1={signature}",
            f"t={self.signed_at}",
            f"t={self.signed_at},v1={signature},junk",
        ]
        for header in headers:
            with self.subTest(header=header), self.assertRaises(ValueError):
                task_func(self.payload, header, self.secret, self.signed_at)

    def test_a_signed_payload_must_be_a_json_object(self):
        """Broken JSON and a JSON list raise ValueError although they are correctly signed."""
        for payload in (b"{", b"[1, 2]"):
            with self.subTest(payload=payload), self.assertRaises(ValueError):
                task_func(payload, self.header(self.sign(payload)), self.secret, self.signed_at)
