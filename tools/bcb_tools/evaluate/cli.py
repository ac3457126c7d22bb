"""The `bcb-eval` command: score models on tasks.

This module only assembles; each command has a module of its own.
"""

from __future__ import annotations

from bcb_tools.console import make_app
from bcb_tools.evaluate.commands import ground_truth, run, sanitize, syncheck

__all__ = ["app"]

app = make_app("Score models on execution-based code benchmarks, in a real sandbox.")
app.command("run")(run.run)
app.command("ground-truth")(ground_truth.run)
app.command("sanitize")(sanitize.run)
app.command("syncheck")(syncheck.run)
