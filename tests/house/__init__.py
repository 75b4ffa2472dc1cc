"""The rules of the building. Each is a function of a root that lists what breaks it: a bad sample shows it can fail."""
