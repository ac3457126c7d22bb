"""One module for each `bcb-eval` command: parse, call one function, show."""
