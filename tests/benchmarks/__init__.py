"""Benchmarks: `make bench`. Told as ratios to a floor of the same run; nothing is asserted by a clock."""
