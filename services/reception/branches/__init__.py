"""The branches of the group: opened and changed here, known everywhere (``shared.branches``)."""
