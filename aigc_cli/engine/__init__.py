"""Plans and runs workflows: keys, cache, journal, executors."""
