"""The day's figures: roll-ups of every fact that counts, and the day report (T1.1)."""
