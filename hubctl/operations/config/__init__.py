"""The files of a hub against the rules: checked, and corrected where that is certain."""
