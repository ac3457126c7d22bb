"""Is a text a Python program at all? Compiled, never executed."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from bcb_tools.evaluate.source import NOT_A_PROGRAM

__all__ = ["SyntaxProblem", "syntax_error"]


@dataclass(frozen=True)
class SyntaxProblem:
    """Why a text does not compile.

    Args:
        line: Line of the problem, counted from 1; 0 when the compiler names none.
        column: Column of the problem, counted from 1; 0 when the compiler names none.
        message: The compiler's words.
    """

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}" if self.line else self.message


def syntax_error(code: str) -> SyntaxProblem | None:
    """The reason why a text does not compile, or None when it does.

    The grammar is that of the interpreter that runs the toolkit; the verdict on a sample is the task
    environment's. Warnings about odd escapes are no problem and are not shown.

    Args:
        code: Python source, possibly hostile: it is compiled and thrown away.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(code, "<sample>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return SyntaxProblem(error.lineno or 0, error.offset or 0, error.msg)
        except UnicodeEncodeError as error:
            line = error.object.count("\n", 0, error.start) + 1
            column = error.start - error.object.rfind("\n", 0, error.start)
            return SyntaxProblem(line, column, "the text holds half of a surrogate pair")
        except NOT_A_PROGRAM as error:
            return SyntaxProblem(0, 0, str(error) or "the text is nested too deeply")
    return None
