"""The error tree: exit codes that programs can trust, and a page that explains each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bcb_tools import errors
from bcb_tools.errors import BcbError, InputError, SandboxBroken, UsageError

ROOT = Path(__file__).resolve().parents[2]
CODES = {
    "BcbError": 4,
    "UsageError": 2,
    "InputError": 2,
    "OutputError": 2,
    "EnvironmentMissing": 2,
    "SandboxUnavailable": 3,
    "SandboxBroken": 4,
    "Interrupted": 130,
}


def tree(root: type[BcbError] = BcbError) -> Iterator[type[BcbError]]:
    yield root
    for below in root.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from tree(below)


def sections() -> dict[str, str]:
    """The sections of the page by their anchors."""
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip((heading.strip("`") for heading in parts[::2]), parts[1::2], strict=True))


def test_exit_codes_are_those_promised() -> None:
    """Every error of the tree has its exit code, and the tree is drawn as it is."""
    assert {error.__name__: error.exit_code for error in tree()} == CODES
    drawn = re.findall(r"(\w+) +exit +(\d+)", errors.__doc__ or "")
    assert {name: int(code) for name, code in drawn} == CODES
    assert set(errors.__all__) == set(CODES)


def test_every_error_has_a_section() -> None:
    """The page has one section for each slug, with its exit code and what to do, and no other."""
    found = sections()
    slugs = {error.slug: error for error in tree()}
    assert len(slugs) == len(list(tree()))
    assert list(found) == [error.slug for error in tree()]
    for slug, text in found.items():
        assert f"exit code {slugs[slug].exit_code}" in text, slug
        assert "**What to do.**" in text, slug


def test_the_place_stands_in_front() -> None:
    """File, line and task are told before what was wrong, as far as they are known."""
    assert str(InputError("x", path="a", line=3, task_id="t/1")) == "`a` line 3 task `t/1`: x"
    assert str(InputError("x", path="a")) == "`a`: x"
    assert str(InputError("x", task_id="t/1")) == "task `t/1`: x"
    assert str(InputError("x")) == "x"


def test_broken_is_not_misused() -> None:
    """A sandbox that broke is no usage error: programs can tell the two apart."""
    assert not issubclass(SandboxBroken, UsageError)
    with pytest.raises(BcbError, match="why"):
        raise SandboxBroken("why", hint="what now")
