"""A change as it is remembered, and drift: what runs against what the files say."""
