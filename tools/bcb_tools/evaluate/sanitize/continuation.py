"""Answers that go on in the middle of the function, because the model was asked to complete the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["continued"]

_BODY_ONLY = re.compile(r"^(?:return|yield|raise)\b", re.MULTILINE)
_INDENT = "    "


def continued(text: str, prompt: str) -> Iterator[str]:
    """The prompt with a text behind it, in each way that the text can be meant as the function's body.

    An indented text is the rest of the function. One whose first line alone has lost its indentation gets it
    back; one that stands at the margin but returns something is indented as a whole.
    """
    body = text.strip("\n")
    first, _, rest = body.partition("\n")
    if not first.strip():
        return
    stub = prompt if prompt.endswith("\n") else prompt.rstrip(" \t") + "\n"
    if first[0] in " \t":
        yield stub + body + "\n"
        return
    following = next((line for line in rest.split("\n") if line.strip()), "")
    if following.startswith(_INDENT) and not first.rstrip().endswith(":"):
        yield stub + _INDENT + body + "\n"
    if _BODY_ONLY.search(body):
        indented = "\n".join(_INDENT + line if line.strip() else line for line in body.split("\n"))
        yield stub + indented + "\n"
