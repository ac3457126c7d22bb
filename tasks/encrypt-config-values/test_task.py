import unittest

import yaml
from cryptography.fernet import Fernet


class TestCases(unittest.TestCase):
    def setUp(self):
        self.key = Fernet.generate_key()

    def protect(self, text, *patterns):
        return yaml.safe_load(task_func(text, self.key, list(patterns)))

    def assert_encrypts(self, value, plain):
        self.assertTrue(value.startswith("enc:"), value)
        self.assertEqual(Fernet(self.key).decrypt(value[4:].encode()).decode(), plain)

    def test_only_matching_keys_are_encrypted(self):
        """A matching key's string is encrypted, everything else stays readable."""
        result = self.protect("user: bob\npassword: hunter2\nport: 5432\n", "pass*")
        self.assert_encrypts(result["password"], "hunter2")
        self.assertEqual((result["user"], result["port"]), ("bob", 5432))

    def test_nested_mappings_and_lists_are_searched(self):
        """Keys match at any depth, inside mappings and inside mappings in lists."""
        result = self.protect(
            "services:\n  - name: mail\n    login:\n      api_token: abc\n  - name: sms\n    api_token: def\n",
            "*_token",
        )
        self.assert_encrypts(result["services"][0]["login"]["api_token"], "abc")
        self.assert_encrypts(result["services"][1]["api_token"], "def")
        self.assertEqual([service["name"] for service in result["services"]], ["mail", "sms"])

    def test_strings_in_a_list_belong_to_its_key(self):
        """Every string of a list under a matching key is encrypted, also of a list within it."""
        result = self.protect("keys: [one, [two], 3]\nnames: [four]\n", "keys")
        self.assert_encrypts(result["keys"][0], "one")
        self.assert_encrypts(result["keys"][1][0], "two")
        self.assertEqual(result["keys"][2], 3)
        self.assertEqual(result["names"], ["four"])

    def test_a_mapping_under_a_matching_key_is_judged_by_its_own_keys(self):
        """A matching outer key does not make the values of the inner mapping secret."""
        result = self.protect("secret:\n  owner: ops\n  secret: s3\n", "secret")
        self.assertEqual(result["secret"]["owner"], "ops")
        self.assert_encrypts(result["secret"]["secret"], "s3")

    def test_values_that_are_not_strings_stay(self):
        """Numbers, booleans and nulls under a matching key are left as they are."""
        result = self.protect("a_key: 12\nb_key: true\nc_key: null\nd_key: 1.5\n", "*_key")
        self.assertEqual(result, {"a_key": 12, "b_key": True, "c_key": None, "d_key": 1.5})

    def test_applying_it_again_changes_nothing(self):
        """Encrypted values are recognised and left alone."""
        once = task_func("token: abc\n", self.key, ["token"])
        twice = task_func(once, self.key, ["token"])
        self.assertEqual(yaml.safe_load(twice), yaml.safe_load(once))
        self.assert_encrypts(yaml.safe_load(twice)["token"], "abc")

    def test_order_case_and_text_survive(self):
        """Key order and non-ASCII text are kept, and matching is case-sensitive."""
        result = self.protect("zeta: größe\nTOKEN: plain\nalpha: x\ntoken: süß\n", "token")
        self.assertEqual(list(result), ["zeta", "TOKEN", "alpha", "token"])
        self.assertEqual((result["zeta"], result["TOKEN"]), ("größe", "plain"))
        self.assert_encrypts(result["token"], "süß")

    def test_bad_documents_and_keys_are_value_errors(self):
        """Broken YAML, a top level that is no mapping, and an invalid key raise ValueError."""
        for text in ("a: [1", "- a\n- b\n", ""):
            with self.subTest(text=text), self.assertRaises(ValueError):
                task_func(text, self.key, ["a"])
        with self.assertRaises(ValueError):
            task_func("a: b\n", b"too short", ["a"])
