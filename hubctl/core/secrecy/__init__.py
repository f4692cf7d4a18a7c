"""What must never be shown: where secrets stand, how they look, and how a text goes out without them. No I/O."""
