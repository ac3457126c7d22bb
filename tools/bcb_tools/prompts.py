"""The Instruct prompt, made from a docstring's sections by the benchmark's rule."""

from __future__ import annotations

from bcb_tools.docstring import DocStruct

__all__ = ["instruct_prompt"]


def instruct_prompt(doc: DocStruct, code_prompt: str) -> str:
    """Ask in plain language for what the docstring describes.

    Parameters, requirements and examples are left out on purpose: the prompt is the short one.

    Args:
        doc: The docstring's sections.
        code_prompt: Imports, constants and signature, which the answer is to start with.
    """
    lines = [" ".join(doc.description)]
    if doc.notes:
        lines.append("Note that: " + " ".join(doc.notes))
    if doc.raises:
        lines.append("The function should raise the exception for: " + " ".join(doc.raises))
    if doc.returns:
        lines.append("The function should output with:")
        lines.extend(f"    {line}" for line in doc.returns)
    lines += ["You should write self-contained code starting with:", "```", code_prompt.rstrip("\r\n"), "```"]
    return "\n".join(lines)
