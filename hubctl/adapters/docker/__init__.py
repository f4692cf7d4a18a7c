"""Docker: the engine through its SDK, and the command `docker compose`."""
