"""Arguments in, one operation called, its result returned."""
