"""Parsing on a budget: however an answer is made, the work on it stays proportional to its length."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from bcb_tools.evaluate.source import bound_names, parse

__all__ = ["Attempts"]

_FACTOR = 16
_ALLOWANCE = 50_000
_OVERHEAD = 64


@dataclass
class Attempts:
    """Parses texts until the characters allowed for one answer are used up, then says no to every text.

    Args:
        allowed: How many characters may be parsed in all.
        spent: How many were.
        parses: How many texts were parsed.
    """

    allowed: int
    spent: int = 0
    parses: int = 0
    _known: dict[str, ast.Module | None] = field(default_factory=dict, repr=False)

    @classmethod
    def for_answer(cls, answer: str) -> Attempts:
        """A budget in proportion to an answer."""
        return cls(_FACTOR * len(answer) + _ALLOWANCE)

    def parse(self, text: str) -> ast.Module | None:
        """The syntax tree of a text; None when it is not a program, or when the budget is used up."""
        if text in self._known:
            return self._known[text]
        cost = len(text) + _OVERHEAD
        if self.spent + cost > self.allowed:
            return None
        self.spent += cost
        self.parses += 1
        tree = self._known[text] = parse(text)
        return tree

    def binds(self, text: str, name: str) -> bool:
        """Whether a text is a program that binds a name at module level."""
        tree = self.parse(text)
        return tree is not None and any(name in bound_names(statement) for statement in tree.body)
