"""The security matrix: a test per row, named by it."""
