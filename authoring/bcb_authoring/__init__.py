"""People make tasks: the `bcb` command."""
