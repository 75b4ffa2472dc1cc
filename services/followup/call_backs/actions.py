"""The only writer of call-backs: planned by facts, tried and recorded by people, emptied when somebody is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.followup import contacts
from services.followup.call_backs import events, queries
from services.followup.call_backs.due import CUSTOMER_ASKED, Due, due
from services.followup.call_backs.model import FORGOTTEN, OPEN, THREE_DAY, Attempt, FollowUp, FollowUpRecord
from services.followup.call_backs.records import Form, missing, result_of
from services.followup.call_backs.tries import ASKED_LATER, next_try
from shared import branches, clock
from shared.access import action, current_actor
from shared.branches import BranchView
from shared.db import branch_scope, current_branch, every_branch, transaction
from shared.events import record
from shared.http import expect_version
from shared.http.problems import Problem, invalid
from shared.ids import uuid7
from shared.privacy import record_access

# A customer may ask for a time this far ahead; beyond it, it was a typing error.
_FURTHEST = timedelta(days=90)


class Order(NamedTuple):
    """What a specialist says of the work before asking about it; None for what the fact did not tell."""

    number: str | None = None
    opened_at: datetime | None = None
    ready_as_promised: bool | None = None


UNKNOWN_ORDER = Order()


@action("call_backs.plan")
def plan(
    repair_order_id: str, customer_id: str | None, vehicle_id: str | None, handed_over_at: datetime,
    order: Order = UNKNOWN_ORDER,
) -> FollowUp:
    """Plan the call-back of a car handed over in this branch (F1.1); the one that is there already, if there is one.

    NoAllowedHour when the branch's settings leave no time to call; UnknownBranch before we have heard of it.
    """
    with transaction() as session:
        known = queries.of_repair_order(session, repair_order_id)
        if known is not None:
            return known
        branch = branches.get(session, current_branch())
        found = due(handed_over_at, queries.call_hours(session, branch))
        call = FollowUp(
            id=uuid7(),
            branch_id=branch.code,
            kind=THREE_DAY,
            status=OPEN,
            repair_order_id=repair_order_id,
            customer_id=customer_id,
            vehicle_id=vehicle_id,
            order_number=order.number,
            opened_at=order.opened_at,
            ready_as_promised=order.ready_as_promised,
            handed_over_at=handed_over_at,
            due_at=found.at,
            due_date=clock.local_date(found.at, branch.zone),
            rule=found.rule,
            exception=found.exception,
            attempts=0,
            version=1,
        )
        session.add(call)
        session.flush()
        record(session, events.follow_up_due(call, branch.zone))
        if customer_id is not None and contacts.forgotten(session, customer_id):
            # The erasure was heard before the handover: the same end as the other way round.
            _close(session, call, FORGOTTEN, None, branch)
        return call


@action("call_backs.plan")
def place_again(branch_code: str, reason: str = "branch_changed", at: datetime | None = None) -> int:
    """Work out the due times of a branch's open call-backs again: its zone or holidays are others now, or the hours
    that hold ``at`` (default now). How many moved.

    So it makes no difference whether we hear of the holidays or of the handover first (F1.2). A time the customer asked
    for stays.
    """
    moved = 0
    with branch_scope(branch_code), transaction() as session:
        branch = branches.get(session, branch_code)
        hours = queries.call_hours(session, branch, at)
        for call in queries.open_by_rule(session, but=CUSTOMER_ASKED):
            moved += _move(session, call, due(call.handed_over_at, hours), branch, reason)
    return moved


@action("call_backs.attempt")
def log_attempt(
    follow_up_id: str, outcome: str, note: str | None = None, asked_for: datetime | None = None,
    seen: int | None = None,
) -> tuple[FollowUp, Attempt]:
    """Log a call that was made just now, and when to try again (F1.1, F1.2, F1.3).

    ``asked_for``: with the outcome ``asked_later`` the time that the customer prefers; the call-back is due then.
    ``seen``: the version somebody saw, if that matters.
    Problems: 404; 412; 409 ``call_back.closed``; 422 for an unknown outcome or a time that does not belong to it.
    """
    with transaction() as session:
        call = queries.get(session, follow_up_id, lock=True)
        expect_version(call.version, seen)
        call.expect_open()
        now, branch = clock.now(), branches.get(session, call.branch_id)
        rules = queries.try_rules(session, branch.code)
        _check_outcome(outcome, asked_for, rules.outcomes, now)
        actor = current_actor()
        attempt = Attempt(
            id=uuid7(),
            branch_id=branch.code,
            follow_up_id=call.id,
            number=call.attempts + 1,
            outcome=outcome,
            note=note,
            asked_for=asked_for,
            attempted_at=now,
            attempted_by=actor.id if actor.kind == "staff" else None,
        )
        again_at = asked_for or next_try(
            outcome,
            now,
            attempts=attempt.number,
            first_at=call.first_attempt_at or now,
            rules=rules,
            hours=queries.call_hours(session, branch),
        )
        call.tried(outcome, now, answered=outcome in rules.answering, again_at=again_at)
        session.add(attempt)
        session.flush()
        record(session, events.follow_up_attempted(call, attempt, branch.zone))
        if asked_for is not None:
            _move(session, call, Due(asked_for, CUSTOMER_ASKED), branch, "customer_asked")
        return call, attempt


@action("call_backs.record")
def complete(follow_up_id: str, form: Form, seen: int | None = None) -> tuple[FollowUp, FollowUpRecord]:
    """Write the record and close the call-back (F1.3). ``seen``: the version somebody saw, if that matters.

    Problems: 404; 412; 409 ``call_back.closed``; 422 ``record-incomplete`` with everything that is missing.
    """
    with transaction() as session:
        call = queries.get(session, follow_up_id, lock=True)
        expect_version(call.version, seen)
        call.expect_open()
        branch = branches.get(session, call.branch_id)
        questions, next_steps = queries.asked_and_next(session, branch.code)
        faults = missing(form, call, questions=questions, next_steps=next_steps)
        if faults:
            raise Problem(422, "record-incomplete", errors=faults)
        actor = current_actor()
        record_row = FollowUpRecord(
            follow_up_id=call.id,
            branch_id=branch.code,
            reached=form.reached,
            tried=call.attempts,
            answers=[{"question": code, "answer": answer} for code, answer in form.answers.items()],
            scores=[{"factor": factor, "score": score} for factor, score in form.scores.items()],
            suggestions=form.suggestions,
            next_step=form.next_step,
            recorded_at=clock.now(),
            recorded_by=actor.id if actor.kind == "staff" else None,
        )
        session.add(record_row)
        result = result_of(call, queries.try_rules(session, branch.code).ending)
        _close(session, call, result, form.next_step, branch)
        return call, record_row


@action("personal.reveal")
def reveal(follow_up_id: str, reason: str) -> contacts.ContactCard:
    """Whom this call-back is to, whole, and the record that they were shown; Problem 404."""
    with transaction() as session:
        call = queries.get(session, follow_up_id)
        about = f"customer/{call.customer_id}" if call.customer_id else None
        record_access(session, f"follow_up/{follow_up_id}", about, ("name", "phone", "plate"), reason)
        pair = call.customer_id, call.vehicle_id
        return contacts.cards_of(session, {pair})[pair]


@action("call_backs.forget")
def forget(customer_id: str) -> int:
    """Erase what was said about a person, in every branch, and close what is open: nobody may call any more.

    Ids, times and codes stay, words go. Returns how many call-backs were concerned.
    """
    with every_branch(), transaction() as session:
        calls = queries.of_customer(session, customer_id)
        for call in calls:
            _wipe_words(session, call.id)
            if call.status == OPEN:
                _close(session, call, FORGOTTEN, None, branches.get(session, call.branch_id))
        return len(calls)


def _wipe_words(session: Session, follow_up_id: str) -> None:
    for table, words in ((Attempt, "note"), (FollowUpRecord, "suggestions")):
        session.execute(update(table).where(table.follow_up_id == follow_up_id).values({words: None}))


def _close(session: Session, call: FollowUp, result: str, next_step: str | None, branch: BranchView) -> None:
    now = clock.now()
    call.close(result, now, next_step)
    session.flush()
    record(session, events.follow_up_closed(call, now, branch.zone))


def _move(session: Session, call: FollowUp, found: Due, branch: BranchView, reason: str) -> bool:
    before = call.due_at
    if not call.place(found, clock.local_date(found.at, branch.zone)):
        return False
    session.flush()
    record(session, events.follow_up_moved(call, before, reason, clock.now(), branch.zone))
    return True


def _check_outcome(outcome: str, asked_for: datetime | None, outcomes: tuple[str, ...], now: datetime) -> None:
    if outcome not in outcomes:
        raise invalid(("/outcome", "call_back.unknown_outcome"))
    if outcome == ASKED_LATER and asked_for is None:
        raise invalid(("/asked_for", "call_back.time_needed"))
    if asked_for is not None and outcome != ASKED_LATER:
        raise invalid(("/asked_for", "call_back.time_unasked"))
    if asked_for is not None and not now < asked_for <= now + _FURTHEST:
        raise invalid(("/asked_for", "time.range"))
