"""Why a reference solution fails here is read off what it left."""

from __future__ import annotations

import pytest

from bcb_tools.evaluate.reasons import Reason, exception_line, reason_of
from bcb_tools.sandbox import Outcome, Report, TestEntry, TestOutcome

TRACE = 'Traceback (most recent call last):\n  File "solution.py", line 3, in task_func\n    call()\n{}\n'


def failed(last: str) -> Report:
    """A report with one test that ended with this line."""
    entry = TestEntry("TestCases.test_it", TestOutcome.ERROR, TRACE.format(last), 0.1)
    return Report(Outcome.FAIL, "1 of 1 tests failed", (entry,))


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ("socket.gaierror: [Errno -2] Name or service not known", Reason.NETWORK),
        ("ModuleNotFoundError: No module named 'cv2'", Reason.MISSING_LIBRARY),
        ("ImportError: cannot import name 'triu' from 'scipy.linalg'", Reason.LIBRARY_VERSION),
        ("AttributeError: module 'numpy' has no attribute 'float'", Reason.LIBRARY_VERSION),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'", Reason.MISSING_PROGRAM),
        ("PermissionError: [Errno 13] Permission denied: '/etc/passwd'", Reason.PRIVILEGE),
        ("AssertionError: 3 != 4", Reason.TESTS),
    ],
)
def test_a_traceback_gives_the_reason_and_the_line_that_shows_it(last: str, reason: Reason) -> None:
    """Each kind of lack is told from the exception it ends in."""
    assert reason_of(failed(last)) == (reason, last)


def test_a_failed_download_of_data_is_missing_data() -> None:
    """NLTK's message names the data; that the download needs the network comes second."""
    report = failed("LookupError: \n  Please use the NLTK Downloader to obtain the resource:")
    assert reason_of(report)[0] is Reason.MISSING_DATA


def test_a_reached_limit_needs_no_traceback() -> None:
    """The outcome alone says what was lacking."""
    assert reason_of(Report(Outcome.TIMEOUT, "stopped"))[0] is Reason.TIME
    assert reason_of(Report(Outcome.OUT_OF_MEMORY, "stopped"))[0] is Reason.MEMORY


def test_an_exception_is_named_without_its_diff() -> None:
    """Of a failed comparison the first line is shown, not the last of its diff."""
    assert (
        exception_line(TRACE.format("AssertionError: 'a' != 'b'\n- a\n+ b")) == "AssertionError: 'a' != 'b'"
    )
