"""Rows of the security matrix, by their ids."""
