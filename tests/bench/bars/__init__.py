"""One room per bar: each has ``measure(stage, rounds)`` and returns its bars."""
