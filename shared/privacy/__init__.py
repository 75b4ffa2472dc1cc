"""What is said of people: masked on its way out, shown whole one record at a time, and then written down by whom.

>>> from shared.privacy import Private, RevealIn, Revealed, record_access      # what a capability needs
"""

from __future__ import annotations

from shared.privacy.actions import record_access
from shared.privacy.fields import Private, Revealed, first_letter, hidden
from shared.privacy.schemas import REVEAL_EXAMPLE, RevealIn

__all__ = ["REVEAL_EXAMPLE", "Private", "RevealIn", "Revealed", "first_letter", "hidden", "record_access"]
