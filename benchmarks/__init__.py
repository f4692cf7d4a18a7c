"""What hubctl costs, as ratios of whole processes measured side by side in one run: `make bench`."""
