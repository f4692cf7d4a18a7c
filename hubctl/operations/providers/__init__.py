"""Providers and their keys: listed, checked, switched."""
