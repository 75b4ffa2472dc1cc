"""The states of a repair order and which may follow which. Pure rules; a branch says what it skips."""

from __future__ import annotations

from collections.abc import Collection

DRAFT, CHECKED_IN, ESTIMATED, APPROVED = "draft", "checked_in", "estimated", "approved"
IN_WORK, QUALITY_CHECK, WASHING = "in_work", "quality_check", "washing"
READY, SETTLED, HANDED_OVER = "ready", "settled", "handed_over"
WAITING_PARTS, WAITING_APPROVAL, CANCELLED = "waiting_parts", "waiting_approval", "cancelled"

PATH = (DRAFT, CHECKED_IN, ESTIMATED, APPROVED, IN_WORK, QUALITY_CHECK, WASHING, READY, SETTLED, HANDED_OVER)
PAUSES = (WAITING_PARTS, WAITING_APPROVAL)
STAGES = (*PATH, *PAUSES, CANCELLED)
ENDED = (HANDED_OVER, CANCELLED)

# What a branch may choose to do without; the rest of the path is the trade itself.
MAY_BE_SKIPPED = (ESTIMATED, APPROVED, QUALITY_CHECK, WASHING, SETTLED)


def may_follow(now: str, then: str, skipped: Collection[str]) -> bool:
    """Whether an order in state ``now`` may go on to ``then``, in a branch that skips the states ``skipped``.

    Forward along the path, over nothing but skipped states; from in_work into a pause and back; cancelled from
    anywhere before the handover. ``skipped`` cannot do away with a state that is not optional.
    """
    if now in ENDED:
        return False
    if then == CANCELLED:
        return True
    if now in PAUSES or then in PAUSES:
        return IN_WORK in (now, then)
    start, end = PATH.index(now), PATH.index(then)
    return start < end and all(state in skipped and state in MAY_BE_SKIPPED for state in PATH[start + 1 : end])
