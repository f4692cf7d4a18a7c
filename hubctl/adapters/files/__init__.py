"""The files of a hub: found, read, replaced, written."""
