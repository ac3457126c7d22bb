"""Our own source as data, for the interpreter inside."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["boot_source", "pack_bundle"]

_PACKAGE = "bcb_tools.sandbox.guest"


@cache
def _sources() -> dict[str, str | None]:
    parts = _PACKAGE.split(".")
    modules: dict[str, str | None] = {".".join(parts[: end + 1]): None for end in range(len(parts))}
    for file in resources.files(_PACKAGE).iterdir():
        stem, dot, suffix = file.name.rpartition(".")
        if dot and suffix == "py" and stem not in ("__init__", "boot"):
            modules[f"{_PACKAGE}.{stem}"] = file.read_text(encoding="utf-8")
    return modules


@cache
def boot_source() -> str:
    """The program that the interpreter is started with."""
    return resources.files(_PACKAGE).joinpath("boot.py").read_text(encoding="utf-8")


def pack_bundle(settings: dict[str, Any]) -> bytes:
    """What the boot program reads from its standard input.

    Args:
        settings: See ``guest.entry.start``.
    """
    return json.dumps({"modules": _sources(), "settings": settings}).encode("ascii")
