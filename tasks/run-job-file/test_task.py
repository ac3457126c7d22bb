import os
import sys
import tempfile
import unittest

import yaml


class TestCases(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = holder.name

    def python(self, code, *arguments):
        return [sys.executable, "-S", "-c", code, *arguments]

    def run_jobs(self, jobs):
        path = os.path.join(self.folder, "jobs.yaml")
        with open(path, "w", encoding="utf-8") as file:
            yaml.safe_dump(jobs, file)
        return task_func(path)

    def test_success_and_failure_are_reported(self):
        """Exit code, standard output and status of each job come in the order of the file."""
        result = self.run_jobs(
            [
                {"name": "greet", "run": self.python("print('hello')")},
                {"name": "stop", "run": self.python("print('half'); raise SystemExit(3)")},
            ]
        )
        self.assertEqual(
            result,
            [
                {"name": "greet", "status": "ok", "code": 0, "output": "hello\n"},
                {"name": "stop", "status": "failed", "code": 3, "output": "half\n"},
            ],
        )

    def test_a_failure_does_not_stop_unrelated_jobs(self):
        """A job that needs nothing runs whatever happened before it."""
        result = self.run_jobs(
            [{"name": "bad", "run": self.python("raise SystemExit(1)")}, {"name": "good", "run": self.python("pass")}]
        )
        self.assertEqual([job["status"] for job in result], ["failed", "ok"])

    def test_needs_decide_what_is_skipped(self):
        """A job runs if all its needs are ok, and is skipped if one failed or was skipped itself."""
        marker = os.path.join(self.folder, "marker")
        touch = self.python("import sys; open(sys.argv[1], 'w').close()", marker)
        result = self.run_jobs(
            [
                {"name": "build", "run": self.python("pass")},
                {"name": "test", "run": self.python("raise SystemExit(1)"), "needs": ["build"]},
                {"name": "deploy", "run": touch, "needs": ["build", "test"]},
                {"name": "announce", "run": touch, "needs": ["deploy"]},
                {"name": "docs", "run": self.python("print('docs')"), "needs": ["build"]},
            ]
        )
        self.assertEqual([job["status"] for job in result], ["ok", "failed", "skipped", "skipped", "ok"])
        self.assertEqual(result[2], {"name": "deploy", "status": "skipped", "code": None, "output": ""})
        self.assertFalse(os.path.exists(marker))

    def test_a_slow_job_is_stopped(self):
        """A command that exceeds its own time limit is stopped and reported as timeout."""
        result = self.run_jobs(
            [
                {"name": "slow", "run": self.python("import time; time.sleep(300)"), "timeout": 0.2},
                {"name": "after", "run": self.python("pass"), "needs": ["slow"]},
            ]
        )
        self.assertEqual(result[0], {"name": "slow", "status": "timeout", "code": None, "output": ""})
        self.assertEqual(result[1]["status"], "skipped")

    def test_a_program_that_does_not_exist_is_missing(self):
        """An unknown program is reported and does not stop the rest."""
        result = self.run_jobs(
            [
                {"name": "gone", "run": [os.path.join(self.folder, "no-such-program"), "x"]},
                {"name": "good", "run": self.python("pass")},
            ]
        )
        self.assertEqual(result[0], {"name": "gone", "status": "missing", "code": None, "output": ""})
        self.assertEqual(result[1]["status"], "ok")

    def test_arguments_pass_no_shell(self):
        """Arguments reach the program as they are written."""
        arguments = ["$HOME", "a b", "*", ";", "&&"]
        result = self.run_jobs([{"name": "args", "run": self.python("import sys; print(sys.argv[1:])", *arguments)}])
        self.assertEqual(result[0]["output"], f"{arguments}\n")

    def test_an_empty_list_has_no_results(self):
        """A file with no jobs gives an empty list."""
        self.assertEqual(self.run_jobs([]), [])

    def test_invalid_files_are_value_errors_and_run_nothing(self):
        """Every kind of malformed job raises ValueError before the first command."""
        marker = os.path.join(self.folder, "marker")
        first = {"name": "first", "run": self.python("import sys; open(sys.argv[1], 'w').close()", marker)}
        invalid = [
            {"jobs": [first]},
            [first, "second"],
            [first, {"run": ["true"]}],
            [first, {"name": "second"}],
            [first, {"name": "first", "run": ["true"]}],
            [first, {"name": "second", "run": ["true"], "needs": ["third"]}],
            [first, {"name": "second", "run": ["true"], "needs": ["second"]}],
            [first, {"name": "second", "run": ["true"], "needs": ["third"]}, {"name": "third", "run": ["true"]}],
        ]
        for jobs in invalid:
            with self.subTest(jobs=jobs[1:] if isinstance(jobs, list) else "mapping"):
                with self.assertRaises(ValueError):
                    self.run_jobs(jobs)
                self.assertFalse(os.path.exists(marker))
