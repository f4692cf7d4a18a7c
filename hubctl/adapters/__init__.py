"""The outside world, one module each: no decisions here."""
