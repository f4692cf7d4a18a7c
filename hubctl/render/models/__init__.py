"""Models for a person."""
