"""What hubctl does, from parts that are passed in."""
