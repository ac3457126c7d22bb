"""The `bcb` command: make tasks and move them.

This module only assembles; each command has a module of its own.
"""

from __future__ import annotations

from bcb_authoring.commands import env, export, import_, list_, show
from bcb_tools.console import make_app

__all__ = ["app"]

app = make_app("Make benchmark tasks and keep them trustworthy.")
app.command("import")(import_.run)
app.command("export")(export.run)
app.command("list")(list_.run)
app.command("show")(show.run)
app.add_typer(env.app, name="env")
