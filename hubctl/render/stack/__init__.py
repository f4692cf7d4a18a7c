"""The stack for a person."""
