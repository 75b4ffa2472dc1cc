"""The machines at the door where visitors check themselves in."""
