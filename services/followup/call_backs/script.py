"""What a specialist says on the phone, in the customer's language: short, with the branch's name and what was done."""

from __future__ import annotations

from collections.abc import Callable, Collection

from services.followup.call_backs.model import FollowUp
from services.followup.contacts import ContactCard
from shared import clock
from shared.branches import BranchView


def script(
    word: Callable[..., str], branch: BranchView, me: str, call: FollowUp, person: ContactCard,
    questions: Collection[str],
) -> list[str]:  # fmt: skip
    """The lines in their order; questions that a branch added itself stand in the form, not here."""
    day = clock.local(call.handed_over_at, branch.zone)
    lines = [
        word("script-greeting", who=person.name or word("script-somebody"), branch=branch.name, me=me),
        word("script-work", month=day.month, day=day.day, date=f"{day.day} {day:%B}"),
    ]
    if call.ready_as_promised is False:
        lines.append(word("script-late"))
    lines += [word(f"ask-{question}") for question in questions if question in KNOWN]
    return [*lines, word("script-suggestions"), word("script-end", branch=branch.name)]


KNOWN = ("fixed_first_time", "work_explained", "ready_on_time")
