"""The progress bar: for people at a terminal, and for nobody else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import suppress

import pytest

from bcb_tools.progress import progress_bar
from support.scoring import clean_environment

PROGRAM = """
import time
from bcb_tools.progress import progress_bar
with progress_bar("answers", 40) as tick:
    for number in range(40):
        tick(f"{number} passed")
        time.sleep(0.01)
"""


def on_a_terminal(columns: int, **variables: str) -> str:
    """What the program shows on a terminal of that width."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=clean_environment(COLUMNS=str(columns), TERM="xterm-256color", **variables),
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # how a terminal that was closed is told
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    out, _ = process.communicate()
    assert (process.returncode, out) == (0, b"")
    return shown.decode()


def test_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Where stderr is no terminal nothing is shown, and ticks are accepted."""
    with progress_bar("answers", 3) as tick:
        tick()
        tick("1 passed")
    assert capsys.readouterr() == ("", "")


def test_a_bar_on_a_terminal() -> None:
    """What, how many of how many, the rate, the time left and a note stand on one line of 80 columns."""
    shown = on_a_terminal(80)
    last = shown.split("40/40")[-1]
    assert "answers" in shown
    assert "/s" in shown
    assert "passed" in last or "39 passed" in shown
    assert "0:00:00" in shown
    assert "\x1b[" in shown


def test_no_colour() -> None:
    """With NO_COLOR the bar has no colours, though it still moves."""
    shown = on_a_terminal(80, NO_COLOR="1")
    assert "40/40" in shown
    assert not any(f"\x1b[{code}" in shown for code in ("38;", "31m", "32m", "35m", "36m"))
