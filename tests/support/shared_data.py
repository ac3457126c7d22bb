"""Where the real data lies, for tests that measure against it; it is never part of the repository.

`BCB_SHARED_DATA` names the folder; otherwise it is `../shared/data` beside the repository root. Mark a test
with `needs_shared_data` and it is skipped, with the reason, where the folder is absent.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from bcb_tools.corpus import Corpus, load_corpus

__all__ = ["BIGCODEBENCH_FILES", "HUMANEVAL_FILE", "SHARED_DATA", "needs_shared_data", "shared_corpus"]

ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = Path(os.environ.get("BCB_SHARED_DATA") or ROOT.parent / "shared" / "data")

BIGCODEBENCH_FILES = tuple(
    SHARED_DATA / "bigcodebench" / f"BigCodeBench-{version}-part.jsonl.gz" for version in ("v0.1.0", "v0.1.4")
)
HUMANEVAL_FILE = SHARED_DATA / "humaneval" / "HumanEval.jsonl.gz"

needs_shared_data = pytest.mark.skipif(
    not SHARED_DATA.is_dir(), reason=f"the real data is not at {SHARED_DATA} (BCB_SHARED_DATA names another)"
)


@cache
def shared_corpus(path: Path) -> Corpus:
    """Load a real dataset file once for all tests of a session."""
    return load_corpus(path)
