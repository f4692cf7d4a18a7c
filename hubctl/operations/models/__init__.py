"""The models of the hub: listed, switched, added, pulled, and which of them are usable."""
