"""Programs that provoke each outcome for real, and tests that prove nothing."""

from __future__ import annotations

from bcb_tools.sandbox import Limits, Outcome
from support.sandbox import Case, cases

__all__ = ["OUTCOMES"]

RIGHT = "def task_func():\n    return 42\n"
_SOON_S = 1.0

_VERDICTS = {
    **cases(Outcome.PASS, {"right_answer": RIGHT}),
    **cases(
        Outcome.FAIL,
        {
            "wrong_answer": "def task_func(): return 41",
            "raises": "def task_func(): raise ValueError('no')",
            "interrupts": "def task_func(): raise KeyboardInterrupt",
            "exits_politely": "import sys\ndef task_func(): sys.exit(0)",
            "recurses": "def task_func(): return task_func()",
            "reads_input": "def task_func(): return int(input())",
            "endless_message": "def task_func(): raise ValueError('x' * 50_000_000)",
            "unencodable_message": "def task_func(): raise ValueError('\\ud800 \\x00 \\U0001f600')",
            "unprintable_exception": """
                class Sly(Exception):
                    def __str__(self): raise RuntimeError('no text')
                def task_func(): raise Sly()
            """,
        },
    ),
    **cases(
        Outcome.FAIL,
        {"unexpected_success": RIGHT},
        tests="""
        import unittest
        class TestCases(unittest.TestCase):
            @unittest.expectedFailure
            def test_answer(self):
                self.assertEqual(task_func(), 42)
    """,
    ),
}

_TIMEOUTS = cases(
    Outcome.TIMEOUT,
    {
        "loops": "def task_func():\n    while True: pass",
        "loops_at_import": "while True: pass",
        "sleeps": "import time\ndef task_func(): time.sleep(600)",
        "ignores_every_signal": """
            import signal, time
            def task_func():
                for number in signal.valid_signals():
                    try:
                        signal.signal(number, signal.SIG_IGN)
                    except OSError:
                        pass
                while True:
                    time.sleep(600)
        """,
        "blocks_every_signal_and_loops": """
            import signal
            def task_func():
                signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
                while True: pass
        """,
        "holds_the_interpreter_lock": """
            import re
            def task_func(): return re.match(r'(a+)+$', 'a' * 60 + 'b')
        """,
        "deadlocks": """
            import threading
            def task_func():
                lock = threading.Lock()
                lock.acquire()
                lock.acquire()
        """,
        "stops_itself": "import os, signal\ndef task_func(): os.kill(os.getpid(), signal.SIGSTOP)",
        "waits_for_a_child_that_sleeps": """
            import os, time
            def task_func():
                child = os.fork()
                if child == 0:
                    time.sleep(600)
                    os._exit(0)
                os.waitpid(child, 0)
        """,
    },
    time_limit_s=_SOON_S,
)

_MEMORY = {
    **cases(
        Outcome.OUT_OF_MEMORY,
        {
            "one_large_block": "def task_func(): return bytearray(1 << 30)",
            "many_small_blocks": """
                def task_func():
                    kept = []
                    while True:
                        kept.append(bytearray(1 << 20))
            """,
            "large_block_at_import": "DATA = bytearray(1 << 30)\ndef task_func(): return 42",
            "large_text": "def task_func(): return 'x' * (1 << 30)",
        },
        limits=Limits(memory_mib=192),
    ),
    **cases(
        Outcome.OUT_OF_MEMORY,
        {
            "many_processes": """
                import os, time
                def task_func():
                    for _ in range(6):
                        if os.fork() == 0:
                            data = bytearray(os.urandom(1 << 20)) * 90
                            time.sleep(600)
                            os._exit(0)
                    time.sleep(600)
            """,
        },
        limits=Limits(memory_mib=256),
    ),
}

_CRASHES = {
    **cases(
        Outcome.CRASH,
        {
            "segfault": "import ctypes\ndef task_func(): return ctypes.string_at(0)",
            "segfault_at_import": "import ctypes\nctypes.string_at(0)",
            "abort": "import os\ndef task_func(): os.abort()",
            "exit_0": "import os\ndef task_func(): os._exit(0)",
            "exit_3": "import os\ndef task_func(): os._exit(3)",
            "exit_0_at_import": "import os\nos._exit(0)",
            "exit_0_from_a_thread": """
                import os, threading, time
                def task_func():
                    threading.Thread(target=lambda: os._exit(0)).start()
                    time.sleep(600)
            """,
            "terminates_itself": "import os\ndef task_func(): os.kill(os.getpid(), 15)",
            "kills_itself": "import os\ndef task_func(): os.kill(os.getpid(), 9)",
            "kills_its_group": "import os\ndef task_func(): os.kill(0, 9)",
            "becomes_another_program": "import os\ndef task_func(): os.execv('/bin/true', ['true'])",
            "closes_every_descriptor": """
                import os
                def task_func():
                    os.closerange(0, 1024)
                    return 42
            """,
            "overflows_the_stack_in_c": """
                import ctypes
                def task_func():
                    libc = ctypes.CDLL(None)
                    nested = b"(" * 1000000 + b")" * 1000000
                    libc.regcomp(ctypes.create_string_buffer(4096), nested, 1)
            """,
        },
    ),
    **cases(
        Outcome.CRASH,
        {
            "kills_everything": """
                import os
                def task_func():
                    for target in (1, -1, 0):
                        try:
                            os.kill(target, 9)
                        except OSError:
                            pass
            """,
        },
        isolated=True,
    ),
}

_UNLOADABLE = {
    **cases(
        Outcome.SYNTAX_ERROR,
        {
            "broken_syntax": "def task_func(:",
            "nul_byte": "def task_func(): return '\x00'",
            "lone_surrogate": "def task_func(): return '\ud800'",
            "deep_brackets": "X = " + "(" * 5000 + ")" * 5000,
            "deep_operators": "X = " + "-" * 200_000 + "1",
            "bad_indentation": "def task_func():\n    return 42\n  x = 1",
            "prose": "Sure! Here is the function you asked for:",
        },
    ),
    **cases(
        Outcome.IMPORT_ERROR,
        {
            "missing_library": "import no_such_library_xyz\ndef task_func(): return 42",
            "raises_at_import": "raise ValueError('at import')",
            "exits_at_import": "import sys\nsys.exit(0)",
            "quits_at_import": "quit()",
            "interrupts_at_import": "raise KeyboardInterrupt",
        },
    ),
    **cases(
        Outcome.MISSING_ENTRY_POINT,
        {"empty": "", "other_name": "def other(): return 42", "deleted": RIGHT + "del task_func\n"},
    ),
}


def _no_tests(name: str, tests: str) -> dict[str, Case]:
    return cases(Outcome.NO_TESTS, {name: RIGHT}, tests=tests)


_NO_TESTS = {
    **_no_tests(
        "no_test_class", "import unittest\nclass Others(unittest.TestCase):\n    def test(self): pass"
    ),
    **_no_tests("no_test_method", "import unittest\nclass TestCases(unittest.TestCase):\n    pass"),
    **_no_tests("empty_test_file", ""),
    **_no_tests("test_file_with_broken_syntax", "import unittest\nclass TestCases(unittest.TestCase:\n"),
    **_no_tests(
        "skipped_class",
        """
        import unittest
        @unittest.skip("not today")
        class TestCases(unittest.TestCase):
            def test_answer(self):
                self.assertEqual(task_func(), 42)
    """,
    ),
    **_no_tests(
        "skipped_method",
        """
        import unittest
        class TestCases(unittest.TestCase):
            def test_answer(self):
                self.assertEqual(task_func(), 42)
            @unittest.skipIf(True, "not here")
            def test_other(self):
                self.assertEqual(task_func(), 42)
    """,
    ),
}

OUTCOMES: dict[str, Case] = {**_VERDICTS, **_TIMEOUTS, **_MEMORY, **_CRASHES, **_UNLOADABLE, **_NO_TESTS}
"""Every outcome but `tampered` and `infrastructure_error`, which have modules of their own."""
