"""Benchmarks: programs that print ratios from one run. Run them all with ``make bench``."""
