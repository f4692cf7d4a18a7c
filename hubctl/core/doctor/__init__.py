"""The live path as values: which hop rests on which."""
