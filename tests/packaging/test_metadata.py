"""What the repository says of itself is true, and it says nothing that is not for others."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

from support.installation import PACKAGES, ROOT, run_uv

PERSONAL = {
    "a home directory": re.compile(
        r"/(?:home|Users)/(?!(?:user|someone|nobody|candidate|bcb)\b)[A-Za-z][\w.-]*/"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a hub token": re.compile(r"\bhf_[A-Za-z0-9]{30,}"),
    "an API key": re.compile(r"\bsk-(?:[a-z]+-)?[A-Za-z0-9_]{32,}"),
    "a git host's token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20})"),
    "a cloud key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a password in an address": re.compile(r"\bhttps?://[\w.-]+:[^@\s/\"'`{}]{6,}@"),
}


def findings(text: str) -> list[str]:
    """What in a text is not for others to read."""
    return [name for name, pattern in PERSONAL.items() if pattern.search(text)]


@cache
def committed_files() -> tuple[Path, ...]:
    """Every file that git keeps; the test is skipped in a tree without git."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("git is not installed")
    if done.returncode:
        pytest.skip(f"this tree is not a git checkout: {done.stderr.strip()}")
    return tuple(path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file())


def project() -> dict[str, object]:
    """The `[project]` table."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert isinstance(table, dict)
    return table


def test_no_committed_file_tells_a_secret_or_a_developers_path() -> None:
    """No credential and no home directory is in git, nor the path of this very checkout."""
    told = {}
    for path in committed_files():
        text = path.read_bytes().decode("utf-8", "replace")
        found = findings(text)
        if len(ROOT.parts) > 2 and re.search(re.escape(str(ROOT)) + r"(?![\w.-])", text):
            found.append("the path of this checkout")
        if found:
            told[str(path.relative_to(ROOT))] = found
    assert told == {}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("a home directory", "see /ho" + "me/alice/bcb/x.py"),
        ("a private key", "-----BEGIN RSA " + "PRIVATE KEY-----"),
        ("a hub token", "hf_" + "a1" * 17),
        ("an API key", "sk-" + "proj-" + "Ab1_" * 10),
        ("a git host's token", "ghp_" + "a" * 36),
        ("a cloud key", "AKIA" + "A" * 16),
        ("a password in an address", "https://me:" + "hunter22@example.org/simple"),
    ],
)
def test_the_scan_for_secrets_can_find_one(kind: str, text: str) -> None:
    """Each kind of secret is found where there is one, and is the only thing found."""
    assert findings(text) == [kind]


def test_nothing_that_is_made_is_committed() -> None:
    """Environments, results and caches stay out of git."""
    made = (".venv/", ".bcb/", "dist/", "bcb_results/")
    names = [path.relative_to(ROOT).as_posix() for path in committed_files()]
    assert [name for name in names if name.startswith(made) or name.endswith((".pyc", ".coverage"))] == []


def test_the_changelog_knows_the_version() -> None:
    """The version that is built is one that the changelog speaks of, below what is not released yet."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert f"{project()['version']}" in text


def test_the_licence_is_apache_2() -> None:
    """The text in LICENSE is the licence that the package names."""
    assert project()["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text


def test_every_package_says_that_it_is_typed() -> None:
    """A user's type checker may read our annotations."""
    assert [package for package in PACKAGES if not (ROOT / package / "py.typed").is_file()] == []


def test_the_lock_is_in_step_with_the_project() -> None:
    """`uv.lock` says what pyproject.toml asks for, so the set-up installs what was tested."""
    run_uv("lock", "--check", "--project", ROOT)


def test_python_3_11_is_enough() -> None:
    """Package, linter and type checker agree on the oldest Python."""
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert tables["project"]["requires-python"] == ">=3.11"
    assert tables["tool"]["ruff"]["target-version"] == "py311"
    assert tables["tool"]["mypy"]["python_version"] == "3.11"
