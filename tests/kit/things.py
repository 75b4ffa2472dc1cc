"""Something of a branch for every name that a route or a body gives to an id: what the generated tests of scope try.

A capability whose routes take a new kind of id adds a line to ``MADE``; until then those tests say that it is missing.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from shared.access import signing
from shared.ids import uuid7

Maker = Callable[[Any, str, str], str]
"""(house, service, branch) → the id of something that belongs to the branch."""


def thing(house: Any, service: str, name: str, branch: str) -> str:
    """The id of a new ``name`` (``visit_id``) of ``branch`` in this service; LookupError says what is missing."""
    maker = MADE.get((service, name)) or MADE.get(("*", name))
    if maker is None:
        raise LookupError(
            f"{service} takes a {name}, and nobody knows how to make one of another branch: "
            f"add a line for ({service!r}, {name!r}) to MADE in tests/kit/things.py"
        )
    return maker(house, service, branch)


def somebody(house: Any, branch: str, *roles: str) -> dict[str, str]:
    """Headers of a member of staff of ``branch``; without ``roles`` in every role there is."""
    from services.reception.roles import ROLES

    with house.at("reception"):
        token = signing.issue(uuid7(), "somebody", branch, sorted(roles or ROLES))
    return {"Authorization": f"Bearer {token}"}


def _visit(house: Any, service: str, branch: str) -> str:
    from tests.reception import door

    return door.ticket(house, door.kiosk(house, branch))["visit_id"]


def _arrival(house: Any, service: str, branch: str) -> str:
    from tests.appointments import desk

    return desk.visit(house, branch)


def _repair_order(house: Any, service: str, branch: str) -> str:
    from services.appointments.repair_orders import actions

    visit_id = _arrival(house, service, branch)
    with house.at("appointments", branch):
        return actions.open_order(visit_id).id


def _follow_up(house: Any, service: str, branch: str) -> str:
    from sqlalchemy import select

    from services.followup.call_backs.model import FollowUp
    from tests.contracts.telling import tell

    order_id = uuid7()
    tell(
        house, "appointments.repair_order.handed_over.v1", order_id, branch, 7, repair_order_id=order_id,
        customer_id=uuid7(), vehicle_id=uuid7(),
    )  # fmt: skip
    house.settle()
    with house.reading("followup", branch) as session:
        return session.scalars(select(FollowUp.id).where(FollowUp.repair_order_id == order_id)).one()


def _kiosk(house: Any, service: str, branch: str) -> str:
    from services.reception.kiosks.actions import enrol

    with house.at("reception"):
        return enrol("侧门", branch).kiosk_id


def _member(house: Any, service: str, branch: str) -> str:
    from services.reception.staff import join

    with house.at("reception"):
        return join("高远", branch, ["technician"])


def _session(house: Any, service: str, branch: str) -> str:
    from services.reception.staff import sessions
    from services.reception.staff.model import Staff
    from shared.db import every_branch, transaction

    staff_id = _member(house, service, branch)
    with house.at("reception"), every_branch(), transaction() as session:
        begun = sessions.begin(session, session.get_one(Staff, staff_id), branch, frozenset({"technician"}), "", "")
    return begun.session_id


def _file(house: Any, service: str, branch: str) -> str:
    from shared import files

    with house.at(service):
        return files.store(
            io.BytesIO(b"%PDF-1.7\n"), owner=f"kit/{uuid7()}", media_type="application/pdf", limit=10, branch=branch
        )


def _job(house: Any, service: str, branch: str) -> str:
    from shared import files
    from shared.db import transaction
    from shared.jobs.actions import plan
    from shared.jobs.model import DONE, Job

    with house.at(service):
        with transaction() as session:
            job_id = plan(session, "kit.nothing", f"kit/{uuid7()}", branch=branch)
        file_id = files.store(io.BytesIO(b"a\n"), owner=f"job/{job_id}", media_type="text/csv", limit=10, branch=branch)
        with transaction() as session:
            job = session.get(Job, job_id)
            job.state, job.result = DONE, {"file_id": file_id}
    return job_id


MADE: dict[tuple[str, str], Maker] = {
    ("*", "job_id"): _job,
    ("*", "file_id"): _file,
    ("reception", "visit_id"): _visit,
    ("reception", "kiosk_id"): _kiosk,
    ("reception", "staff_id"): _member,
    ("reception", "agent_id"): _member,
    ("reception", "session_id"): _session,
    ("appointments", "visit_id"): _arrival,
    ("appointments", "repair_order_id"): _repair_order,
    ("followup", "follow_up_id"): _follow_up,
}
