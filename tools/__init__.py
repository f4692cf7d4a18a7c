"""What writes files of this repository from other sources: `make facts`."""
