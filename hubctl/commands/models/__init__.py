"""`hubctl models`."""
