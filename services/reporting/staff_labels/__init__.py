"""What the people of the branches are called in reports, for keys that may know it."""

from services.reporting.staff_labels.queries import labels_of

__all__ = ["labels_of"]
