"""People decide: gates, sign-offs and the git history of a task."""
