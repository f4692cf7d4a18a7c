"""Text that hubctl reads and edits: YAML, env files, diffs."""
