"""The stack through its days: made, started, looked at, restarted, stopped."""
