"""The LiteLLM proxy: as a client sees it, as a process of this machine, and what its package knows."""
