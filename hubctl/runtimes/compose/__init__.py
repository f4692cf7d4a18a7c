"""The hub on one machine, run by Docker Compose."""
