"""The live path, hop by hop: what is looked at, and what it means."""
