"""What runs inside the sandbox: standard library alone, sent to the task environment as source."""
