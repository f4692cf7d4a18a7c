"""The commands about changes, and what every changing command needs."""
