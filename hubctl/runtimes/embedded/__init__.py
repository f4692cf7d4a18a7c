"""The hub without Docker: the LiteLLM proxy as a local process."""
