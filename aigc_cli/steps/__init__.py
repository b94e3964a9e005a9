"""One capability each: what a workflow's `uses:` names."""
