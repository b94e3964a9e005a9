"""Every number that the README claims, by one command each: `python -m benchmarks NAME`, or all of them without a name."""
