"""What somebody says who wants to see a record about a person whole."""

from __future__ import annotations

from shared.http import Choice, InputSchema

# Codes, not sentences: what people type about people would have to be erased from the record of access as well.
REASONS = ("contact", "confirm_identity", "correct_record", "complaint", "legal")
REVEAL_EXAMPLE = {"reason": "contact"}


class RevealIn(InputSchema):
    """Why the record is to be shown whole; it is written down with who asked and when."""

    reason = Choice(REASONS, required=True)
