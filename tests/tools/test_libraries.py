"""Imports are read from text, and libraries have domains."""

from __future__ import annotations

import json

import pytest

from bcb_tools.domains import LIBRARIES, Domain, domain_of, domains_of
from bcb_tools.libraries import imported_libraries, imported_modules
from support.shared_data import SHARED_DATA, needs_shared_data

SOURCE = """
from __future__ import annotations
import os.path as p, json
from sklearn.linear_model import Ridge
from . import sibling
def f():
    try:
        import numpy as np
    except ImportError:
        from urllib import request
"""


def test_modules_are_absolute_dotted_and_in_order() -> None:
    """Every import is found wherever it stands, in order; relative ones are not modules of a library."""
    expected = ("__future__", "os.path", "json", "sklearn.linear_model", "numpy", "urllib")
    assert imported_modules(SOURCE) == expected


def test_libraries_are_top_level_packages() -> None:
    """A library is the first part of a module's name, and `__future__` is none."""
    assert imported_libraries(SOURCE) == ("os", "json", "sklearn", "numpy", "urllib")


def test_odd_escapes_make_no_noise() -> None:
    """An invalid escape in a task's text does not become a warning of the toolkit."""
    assert imported_modules(r"import re; x = '\d'") == ("re",)


def test_unparsable_text_says_so() -> None:
    """Text that is not Python raises, for the caller to decide."""
    with pytest.raises(SyntaxError):
        imported_modules("import")


def test_a_task_has_every_domain_of_its_libraries() -> None:
    """Domains come once each and in a fixed order, whatever the libraries' order."""
    assert domains_of(["requests", "numpy", "socket", "math"]) == (Domain.COMPUTATION, Domain.NETWORK)


def test_unknown_library_is_general() -> None:
    """A library that nobody has classified counts as general."""
    assert domain_of("a_library_of_tomorrow") is Domain.GENERAL


@needs_shared_data
def test_table_agrees_with_the_published_one() -> None:
    """Every library in the benchmark's own table has the same domain here."""
    published = json.loads((SHARED_DATA / "bigcodebench" / "lib2domain.json").read_text())
    assert {name: LIBRARIES[name].value for name in published} == published
