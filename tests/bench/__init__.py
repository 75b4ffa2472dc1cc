"""The performance bars: every figure is a ratio between two ways that took turns in one run, on servers of its own."""
