"""The rival of a check-in: a bare Flask route that does the same inserts by raw psycopg, and nothing else.

No key, no validation, no idempotency, no row-level security (it connects as a superuser), no line, no wait, no trace.
Served by gunicorn with the very settings of the product.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, request
from psycopg_pool import ConnectionPool

app = Flask(__name__)
_threads = int(os.environ.get("YINGBIN_THREADS", "8"))
pool = ConnectionPool(os.environ["BENCH_DATABASE_URL"], min_size=_threads, max_size=_threads, open=True)

_VISIT = """
INSERT INTO visit (id, branch_id, local_date, number, ticket, priority, purpose, status, party_size, customer_id,
 vehicle_id, by_phone, door, device, consent_version, late, checked_in_at, received_at, version)
VALUES (%s, %s, %s, nextval('bare_number'), 'A001', 3, %s, 'waiting', %s, %s, %s, false, 'kiosk', 'kiosk/1', %s, false,
 %s, %s, 1)
"""
_EVENT = """
INSERT INTO event_log (event_id, type, subject, branch_id, version, time, correlation_id, data, personal)
VALUES (%s, %s, %s, %s, 1, %s, %s, %s, %s)
"""
_CUSTOMER = "INSERT INTO customer (id, name, first_branch, registered_at, version) VALUES (%s, %s, %s, %s, 1)"
_PHONE = "INSERT INTO customer_phone (customer_id, number, mobile, finds) VALUES (%s, %s, true, true)"
_VEHICLE = (
    "INSERT INTO vehicle (id, plate, plate_kind, registered_at, version) VALUES (%s, %s, 'ordinary', %s, 1)"
)
_OWNERSHIP = "INSERT INTO ownership (id, vehicle_id, customer_id, since) VALUES (%s, %s, %s, %s)"
_CONSENT = (
    "INSERT INTO consent (id, customer_id, branch_id, version, purposes, device, given_at)"
    " VALUES (%s, %s, %s, %s, '[]', 'kiosk/1', %s)"
)


@app.get("/ready")
def ready():
    return "ok"


@app.post("/reception/api/v1/check-ins")
def check_in():
    said, branch, now = request.get_json(), request.headers["X-Branch"], datetime.now(UTC)
    visit = str(uuid4())
    with pool.connection() as connection:
        customer = vehicle = None
        if os.environ.get("BENCH_REGISTER"):
            customer, vehicle = _register(connection, said, branch, now)
        connection.execute(
            _VISIT,
            (visit, branch, now.date(), said["purpose"], said["party_size"], customer, vehicle,
             said["consent"]["version"], now, now),
        )  # fmt: skip
        data = {
            "visit_id": visit, "branch": branch, "ticket": "A001", "purpose": said["purpose"], "status": "waiting",
            "party_size": said["party_size"], "customer_id": customer, "vehicle_id": vehicle, "door": "kiosk",
            "occurred_at": now.isoformat(), "local_date": now.date().isoformat(), "checked_in_at": now.isoformat(),
            "called_at": None, "greeted_at": None, "serving_started_at": None, "completed_at": None, "left_at": None,
            "served_by": None, "late": False, "source": None, "consent_version": said["consent"]["version"],
        }  # fmt: skip
        _record(connection, "visit.checked_in", f"visit/{visit}", branch, now, data, personal=False)
    return {"visit_id": visit, "ticket": "A001", "status": "waiting", "people_ahead": 0, "wait": None}, 201


def _record(connection, name, subject, branch, now, data, *, personal=True):
    text = json.dumps(data, ensure_ascii=False)
    type_ = f"reception.{name}.v1"
    connection.execute(_EVENT, (str(uuid4()), type_, subject, branch, now, str(uuid4()), text, personal))


def _register(connection, said, branch, now):
    """The inserts that a new person with a new car comes to."""
    customer, vehicle, consent = (str(uuid4()) for _ in range(3))
    connection.execute(_CUSTOMER, (customer, said["name"], branch, now))
    connection.execute(_PHONE, (customer, f"+86{said['phone']}"))
    connection.execute(_VEHICLE, (vehicle, said["plate"], now))
    connection.execute(_OWNERSHIP, (str(uuid4()), vehicle, customer, now))
    connection.execute(_CONSENT, (consent, customer, branch, said["consent"]["version"], now))
    told = {"customer_id": customer, "name": said["name"], "phones": [f"+86{said['phone']}"], "language": None}
    _record(connection, "customer.registered", f"customer/{customer}", branch, now, told)
    told = {"vehicle_id": vehicle, "plate": said["plate"], "plate_kind": "ordinary", "customer_id": customer}
    _record(connection, "vehicle.registered", f"vehicle/{vehicle}", branch, now, told)
    told = {
        "consent_id": consent, "customer_id": customer, "branch": branch, "version": said["consent"]["version"],
        "purposes": [], "device": "kiosk/1", "given_at": now.isoformat(),
    }  # fmt: skip
    _record(connection, "consent.given", f"consent/{consent}", branch, now, told)
    return customer, vehicle
