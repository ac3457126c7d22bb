"""Is the test framework still the one that was loaded before the program?

Callables are compared by identity and by the code behind them. What a test patches and puts back leaves no
trace; what a program changed for good is named.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Mapping
from typing import Any

__all__ = ["Seal", "changes", "take_seal"]

Seal = dict[str, tuple[object, ...]]

_BUILTINS = (
    "AssertionError",
    "__build_class__",
    "__import__",
    "abs",
    "all",
    "any",
    "callable",
    "compile",
    "exec",
    "getattr",
    "hasattr",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "next",
    "object",
    "repr",
    "setattr",
    "sorted",
    "staticmethod",
    "super",
    "type",
    "zip",
)
_ALWAYS = ("unittest", "unittest.case", "unittest.loader", "unittest.result", "unittest.suite")
_IF_USED = ("numpy.testing", "pandas.testing")


def take_seal(modules: tuple[str, ...] = _ALWAYS + _IF_USED) -> Seal:
    """Note what the framework's callables are now.

    Args:
        modules: Whose callables, beside the builtins'.

    Returns:
        For each callable's dotted name, what identifies it: compare with ``changes``.
    """
    seal: Seal = {f"builtins.{name}": _identity(getattr(builtins, name, None)) for name in _BUILTINS}
    for module_name in modules:
        module = sys.modules.get(module_name)
        if module is not None:
            seal[module_name] = (id(module),)
            _note_module(module_name, vars(module), seal)
    return seal


def _note_module(module_name: str, members: dict[str, Any], seal: Seal) -> None:
    for name, member in list(members.items()):
        if isinstance(member, types.FunctionType):
            seal[f"{module_name}.{name}"] = _identity(member)
        elif isinstance(member, type) and module_name.startswith("unittest"):
            seal[f"{module_name}.{name}"] = (id(member), *map(id, member.__mro__))
            if member.__module__ == module_name:  # elsewhere it is only mentioned
                _note_class(f"{module_name}.{name}", vars(member), seal)


def _note_class(name: str, members: Mapping[str, Any], seal: Seal) -> None:
    for key, value in list(members.items()):
        if callable(value) or isinstance(value, (staticmethod, classmethod, property)):
            seal[f"{name}.{key}"] = _identity(value)


def _identity(value: object) -> tuple[object, ...]:
    function = getattr(value, "__func__", value) if isinstance(value, (staticmethod, classmethod)) else value
    if isinstance(function, types.FunctionType):
        defaults = tuple(map(id, function.__defaults__ or ()))
        return id(function), id(function.__code__), defaults
    return (id(value),)


def changes(before: Seal, tests: str = "") -> list[str]:
    """The names that are no longer what they were, at most ten.

    Args:
        before: The seal that was taken before the program.
        tests: Source of the tests: assertions of other libraries are compared when it mentions them. (To look
            at a callable costs a forked process a copy of its page.)
    """
    modules = _ALWAYS + tuple(name for name in _IF_USED if name.partition(".")[0] in tests)
    watched = ("builtins.", *(f"{name}." for name in modules))
    try:
        now = take_seal(modules)
    except Exception:
        return ["builtins"]  # so much that even this does not work any more
    return sorted(
        name
        for name, identity in before.items()
        if (name in modules or name.startswith(watched)) and now.get(name) != identity
    )[:10]
