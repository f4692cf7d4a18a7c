"""What the doctor saw, for a person."""
