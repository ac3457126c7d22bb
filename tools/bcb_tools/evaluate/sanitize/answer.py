"""From a model's answer to the program that is run.

The steps, each tried only when the ones before it did not do:

1. the answer is a program that defines the entry point: it is taken whole;
2. the last complete fenced block that defines the entry point, with the blocks that it builds on; code that
   runs into a closing fence counts as a block, and so does a last block that never ends;
3. code between sentences;
4. a continuation of the prompt: the prompt comes before it;
5. what looks most like the program, unrepaired, so that the verdict names its error.

Code that ends in the middle keeps the statements that are whole, if the entry point is among them. Last of
all, example usage goes (see `usage`). Programs are never repaired otherwise.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bcb_tools.evaluate.sanitize.attempts import Attempts
from bcb_tools.evaluate.sanitize.combine import defining_names, is_stub, with_needed
from bcb_tools.evaluate.sanitize.continuation import continued
from bcb_tools.evaluate.sanitize.fences import Block, find_blocks, first_fence
from bcb_tools.evaluate.sanitize.prose import without_prose
from bcb_tools.evaluate.sanitize.truncation import whole_statements
from bcb_tools.evaluate.sanitize.usage import example_usage
from bcb_tools.evaluate.source import bound_names, without

__all__ = ["Sanitized", "Step", "sanitize", "sanitize_answer"]

_MARKS = ("<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end|>", "<|end_of_text|>", "<end_of_turn>", "</s>")
_END_MARKS = re.compile(rf"(?:\s++|{'|'.join(re.escape(mark[::-1]) for mark in _MARKS)})*+")  # read backwards


class Step(Enum):
    """Something that was done to an answer."""

    FENCE = "taken out of a fence"
    COMBINED = "put together from several blocks"
    PROSE = "sentences left out"
    CUT_OFF = "ends in the middle: the whole statements kept"
    CONTINUED = "put behind the prompt"
    USAGE = "example usage left out"
    NO_CODE = "no code found"


@dataclass(frozen=True)
class Sanitized:
    """The program in an answer.

    Args:
        code: The program; empty when the answer has no code.
        steps: What was done to find it, in order; nothing when the answer was the program.
    """

    code: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class _Request:
    """An answer with all that is known about it."""

    text: str
    entry_point: str
    prompt: str
    attempts: Attempts

    def defines(self, text: str) -> bool:
        return self.attempts.binds(text, self.entry_point)

    def names_it(self, text: str) -> bool:
        pattern = rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(self.entry_point)}\b"
        return re.search(pattern, text, re.MULTILINE) is not None


def sanitize(answer: str, entry_point: str, *, prompt: str = "") -> str:
    """The program in a model's answer; see `sanitize_answer`."""
    return sanitize_answer(answer, entry_point, prompt=prompt).code


def sanitize_answer(answer: str, entry_point: str, *, prompt: str = "") -> Sanitized:
    """Take the program out of a model's answer, and say what was done for it.

    Time is linear in the length of the answer, whatever it holds, and nothing raises.

    Args:
        answer: What the model said.
        entry_point: The function that the tests call.
        prompt: The Complete prompt, where there is one: it begins answers that only continue it, and what it
            defines at module level is kept in the answer, because tests may read it.
    """
    text = answer.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    request = _Request(text, entry_point, prompt, Attempts.for_answer(answer + prompt))
    found = _found(request)
    tree = request.attempts.parse(found.code)
    if tree is None:
        return found
    stub = request.attempts.parse(prompt) if prompt else None
    reachable = {name for node in stub.body for name in bound_names(node)} if stub is not None else set()
    dropped = example_usage(found.code, tree, entry_point, reachable)
    if not dropped:
        return found
    return Sanitized(without(found.code, dropped), (*found.steps, Step.USAGE))


def _found(request: _Request) -> Sanitized:
    """The program of an answer with its example usage still in it."""
    if request.defines(request.text):
        return Sanitized(request.text)
    text = _without_end_marks(_after_thought(request.text))
    if not text.strip():
        return Sanitized("", (Step.NO_CODE,))
    if request.defines(text):
        return Sanitized(text)
    lines = text.split("\n")
    doubtful: list[Block] = []
    for strings in (True, False) if "```" in text or "~~~" in text else ():
        blocks, head = _blocks(request, lines, strings=strings)
        found = _from_blocks(request, blocks)
        if found is not None:
            return found
        doubtful = [Block(head), *blocks]
    whole = Block(text, complete=False)
    for attempt in (_cleaned, _continuing):
        for block in [*reversed(doubtful), whole]:
            found = attempt(request, block, in_fence=block is not whole)
            if found is not None:
                return found
    return _unrepaired(request, doubtful[1:], text)


def _blocks(request: _Request, lines: list[str], *, strings: bool) -> tuple[list[Block], str]:
    """The blocks of an answer, and what stands before the first fence.

    Code before it that defines the entry point is the first block, and a bare fence behind it closes it.
    """
    first = first_fence(lines, strings=strings)
    if first is None:
        return [], ""
    head = "\n".join(lines[:first])
    code = ""
    if request.names_it(head):
        code = head if request.defines(head) else without_prose(head, request.attempts)
    if not request.defines(code):
        return find_blocks(lines[first:], strings=strings), head
    is_closing = not lines[first].strip().strip("`~")
    rest = lines[first + 1 :] if is_closing else lines[first:]
    return [Block(code), *find_blocks(rest, strings=strings)], ""


def _from_blocks(request: _Request, blocks: list[Block]) -> Sanitized | None:
    """The last complete block that defines the entry point, with what it needs."""
    texts = [block.text for block in blocks]
    steps: tuple[Step, ...] = (Step.FENCE,)
    chosen = _chosen(request, blocks)
    if chosen is None and blocks and not blocks[-1].complete:
        repaired = _whole(request, blocks[-1].text)
        if repaired is not None:
            chosen, texts[-1] = len(blocks) - 1, repaired
            steps = (Step.FENCE, Step.CUT_OFF)
    if chosen is None:
        return None
    code = with_needed(chosen, texts, request.attempts)
    return Sanitized(code, steps if code == texts[chosen] else (*steps, Step.COMBINED))


def _chosen(request: _Request, blocks: list[Block]) -> int | None:
    """Index of the best block: the last complete one that defines the entry point.

    Importing it, or stating its signature alone, counts for less.
    """
    best: tuple[bool, bool, bool, int] | None = None
    for number, block in enumerate(blocks):
        tree = request.attempts.parse(block.text)
        if tree is None or not request.defines(block.text):
            continue
        rank = (
            request.entry_point in defining_names(tree) and not is_stub(tree, request.entry_point),
            block.complete,
            block.may_be_python,
            number,
        )
        best = rank if best is None else max(best, rank)
    return best[-1] if best is not None else None


def _cleaned(request: _Request, block: Block, *, in_fence: bool) -> Sanitized | None:
    """A text that is a program once its sentences or its broken end are gone."""
    fence = (Step.FENCE,) if in_fence else ()
    if request.entry_point not in block.text:
        return None
    if block.text.lstrip("\n")[:1] in {" ", "\t"}:
        level = textwrap.dedent(block.text)
        if request.defines(level):
            return Sanitized(level, fence)
    repaired = _whole(request, block.text) if not block.complete else None
    if repaired is not None:
        return Sanitized(repaired, (*fence, Step.CUT_OFF))
    code = without_prose(block.text, request.attempts)
    if request.defines(code):
        return Sanitized(code, (*fence, Step.PROSE))
    repaired = _whole(request, code) if not block.complete else None
    if repaired is not None:
        return Sanitized(repaired, (*fence, Step.PROSE, Step.CUT_OFF))
    return None


def _continuing(request: _Request, block: Block, *, in_fence: bool) -> Sanitized | None:
    """A text that goes on where the prompt ended."""
    if not request.prompt:
        return None
    fence = (Step.FENCE,) if in_fence else ()
    for candidate in continued(block.text, request.prompt):
        if request.defines(candidate):
            return Sanitized(candidate, (*fence, Step.CONTINUED))
        repaired = _whole(request, candidate) if not block.complete else None
        if repaired is not None and len(repaired.rstrip()) > len(request.prompt.rstrip()):
            return Sanitized(repaired, (*fence, Step.CONTINUED, Step.CUT_OFF))
    return None


def _whole(request: _Request, text: str) -> str | None:
    """The whole statements of a text that ends in the middle, if the entry point is among them."""
    code = whole_statements(text)
    return code if code is not None and request.defines(code) else None


def _unrepaired(request: _Request, blocks: list[Block], text: str) -> Sanitized:
    """The best guess where nothing defines the entry point."""
    for block in _likely(request, blocks):
        return Sanitized(block.text, (Step.FENCE,))
    if request.names_it(text):
        return Sanitized(text)
    code = without_prose(text, request.attempts)
    if code == text:
        return Sanitized(text)
    return Sanitized(code, (Step.PROSE,) if code.strip() else (Step.NO_CODE,))


def _likely(request: _Request, blocks: list[Block]) -> Iterator[Block]:
    """Blocks that are no program with the entry point, the likeliest first."""
    backwards = blocks[::-1]
    yield from (block for block in backwards if request.names_it(block.text))
    python = [block for block in backwards if block.may_be_python and block.text.strip()]
    yield from (
        block for block in python if block.complete and request.attempts.parse(block.text) is not None
    )
    yield from python


def _after_thought(text: str) -> str:
    """What follows a model's thinking aloud, where that is marked."""
    _, mark, rest = text.rpartition("</think>")
    return rest if mark else text


def _without_end_marks(text: str) -> str:
    """A text without the marks that chat templates end answers with."""
    end = _END_MARKS.match(text[::-1])
    return text[: len(text) - (end.end() if end is not None else 0)] + "\n"
