"""A change of files and of what runs, as one transaction: planned, applied, proved, undone."""
