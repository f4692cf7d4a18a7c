"""Every service of a hub, asked how it is."""
