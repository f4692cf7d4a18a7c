"""Operate a self-hosted LLM hub from the command line."""

__version__ = "0.1.0"
