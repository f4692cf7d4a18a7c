"""What hubctl keeps in `.hubctl/`: the lock, receipts, proven configs, verdicts of smoke tests."""
