"""A change for a person."""
