"""The rules of the building. Each is a function that takes a root and lists what breaks it, so that a bad sample shows it can fail."""
