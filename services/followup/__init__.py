"""Followup: the only one who contacts customers."""
