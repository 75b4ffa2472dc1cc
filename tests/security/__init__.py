"""The security matrix as tests, named by the row they prove."""
