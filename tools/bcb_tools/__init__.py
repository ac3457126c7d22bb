"""Programs that measure: the task model, the sandbox, and `bcb-eval`."""
