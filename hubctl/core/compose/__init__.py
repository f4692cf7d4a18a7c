"""Compose files as values: services, roles, ports, where the config is."""
