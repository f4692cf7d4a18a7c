"""Findings for a person."""
