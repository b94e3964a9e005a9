"""Writes what a clip says: copy from facts, news from records, and how long words take to be spoken."""
