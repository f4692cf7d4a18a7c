"""The commands that run the stack."""
