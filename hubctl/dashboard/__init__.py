"""The hub in a browser: its page, and the JSON API that serves the documents of the command line."""
