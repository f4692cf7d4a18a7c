"""Every rule with files in which it fires, and files in which it must not."""
