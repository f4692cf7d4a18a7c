"""Smoke tests: what is asked, what it may cost, and what the answers prove."""
