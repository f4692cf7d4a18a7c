"""`hubctl test-model`."""
