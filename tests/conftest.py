"""What a test run says of itself before it begins."""

from __future__ import annotations

import os

from support.shared_data import SHARED_DATA


def pytest_report_header() -> str:
    """Which real rows are run: a reader of the log must see what was measured and what was not."""
    if not SHARED_DATA.is_dir():
        return f"real rows: none, the real data is not at {SHARED_DATA} (BCB_SHARED_DATA names another)"
    environment = os.environ.get("BCB_REAL_ENV")
    if environment:
        return f"real rows: a fixed sample in the environment {environment}"
    return "real rows: a fixed sample for which the shipped tasks' environment suffices (see BCB_REAL_ENV)"
