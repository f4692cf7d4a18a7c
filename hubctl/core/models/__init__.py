"""The model entries of a litellm config: read, asked for by name, edited."""
