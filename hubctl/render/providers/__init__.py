"""Providers for a person."""
