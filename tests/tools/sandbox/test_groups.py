"""Groups know which zygotes are warm, and never wait or restart for ever."""

from __future__ import annotations

import time

import pytest

from bcb_tools.errors import SandboxBroken
from bcb_tools.sandbox.groups import Groups
from bcb_tools.sandbox.preload import plan_groups

IMPORTS = frozenset({"json", "sqlite3"})


@pytest.fixture
def groups() -> Groups:
    """Groups of one program that imports two modules."""
    return Groups(plan_groups([IMPORTS]))


def test_a_group_is_requested_once(groups: Groups) -> None:
    """While a zygote is on its way, and when it is there, no second one is started."""
    assert groups.request("general") == ["json", "sqlite3"]
    assert groups.request("general") is None
    groups.note_ready("general", 20.0)
    assert groups.is_ready("general")
    assert groups.request("general") is None


def test_a_module_that_starts_a_thread_is_left_out(groups: Groups) -> None:
    """The next zygote of the group imports everything else."""
    groups.request("general")
    groups.note_unsafe("general", "sqlite3")
    groups.note_lost("general")
    assert groups.request("general") == ["json"]
    assert groups.left_out == {"sqlite3"}


def test_a_zygote_that_dies_while_importing_is_replaced_by_a_bare_one(groups: Groups) -> None:
    """Nothing is imported ahead rather than nothing run."""
    groups.request("general")
    groups.note_lost("general")
    assert groups.request("general") == []


def test_a_bare_zygote_that_dies_too_is_an_error(groups: Groups) -> None:
    """An interpreter that cannot start is reported, not started for ever."""
    groups.request("general")
    groups.note_lost("general")
    groups.request("general")
    with pytest.raises(SandboxBroken, match="ends while it starts"):
        groups.note_lost("general")


def test_a_thread_that_is_nobodys_module_is_an_error(groups: Groups) -> None:
    """Leaving out `unittest` is impossible, so a thread before it is reported with what to look for."""
    groups.request("general")
    with pytest.raises(SandboxBroken, match="second thread") as caught:
        groups.note_unsafe("general", "unittest")
    assert ".pth" in caught.value.hint


def test_an_import_that_hangs_is_given_up_once(groups: Groups) -> None:
    """A group that has been importing for minutes is named once, so that its zygote can be ended."""
    groups.request("general")
    now = time.monotonic()
    assert groups.overdue(now) == []
    assert groups.overdue(now + 1000) == ["general"]
    assert groups.overdue(now + 1000) == []
