"""Take the program out of a model's answer: fences, prose, cut-off ends, example usage."""

from bcb_tools.evaluate.sanitize.answer import Sanitized, Step, sanitize, sanitize_answer

__all__ = ["Sanitized", "Step", "sanitize", "sanitize_answer"]
