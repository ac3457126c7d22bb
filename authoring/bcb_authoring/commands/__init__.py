"""One module for each group of `bcb` commands."""
