"""What hubctl knows of providers, and how a key is recognised and hidden."""
