"""Values and pure text work: no I/O."""
