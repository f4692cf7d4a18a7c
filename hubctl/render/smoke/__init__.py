"""Smoke tests for a person."""
