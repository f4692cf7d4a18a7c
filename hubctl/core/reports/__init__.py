"""What a run of tests leaves behind: for CI, and for the next look."""
