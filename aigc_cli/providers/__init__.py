"""One file per model family or vendor. Providers never import each other."""
