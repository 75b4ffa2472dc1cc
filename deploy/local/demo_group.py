"""The demo group: three branches that nobody will find on a map, with people, kiosks and keys. Made once, on the
first demo start.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from deploy.local.assembling import Suite
from deploy.local.first_start import write_secret
from services.reception.branches import actions as branches
from services.reception.kiosks import actions as kiosks
from services.reception.staff import actions as staff
from shared.access import SYSTEM, acting_as, keys
from shared.access.model import AccessKey
from shared.branches import all_codes
from shared.db import every_branch, reader, transaction
from shared.events import GROUP
from shared.settings.environment import Environment

# code, name, ticket letter
BRANCHES = (
    ("yunfan-east", "云帆汽车 东湖店", "A"),
    ("yunfan-west", "云帆汽车 西岭店", "B"),
    ("yunfan-port", "云帆汽车 南港店", "C"),
)
# role, label per branch
TEAM: tuple[tuple[str, tuple[str, str, str]], ...] = (
    ("receptionist", ("林晓", "周敏", "何静")),
    ("service_advisor", ("陈立", "吴桐", "郑凯")),
    ("technician", ("马骏", "罗强", "高远")),
    ("care_specialist", ("苏婉", "唐宁", "叶青")),
    ("branch_manager", ("韩毅", "宋岚", "曹峰")),
)
HEADQUARTERS = (("hq_admin", "沈默言"), ("hq_analyst", "陆知行"))


def credentials_file(environment: Environment) -> Path:
    """Where outside clients of the demo find keys and passwords."""
    return environment.data_dir / "demo-credentials.json"


def credentials(environment: Environment) -> dict[str, Any] | None:
    """The demo group's keys and passwords, None when it has not been made."""
    file = credentials_file(environment)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def ensure_demo_group(suite: Suite) -> None:
    """Make the demo group unless it is there.

    Reception's part is one transaction, and the file is written before it commits: killed anywhere, the next start
    either finds both or begins again.
    """
    environment = suite.runtime("reception").environment
    with suite.apps["reception"].app_context(), every_branch(), reader() as session:
        if credentials(environment) and all_codes(session):
            return
    found: dict[str, Any] = {"notice": "invented demo data · 演示数据，纯属虚构"}
    found["hq"] = {"key": _key(suite, "reporting", "hq", ["feed", "reports", "staff.labels"], "demo headquarters")}
    found["service"] = {"key": _key_for_all(suite)}
    with suite.apps["reception"].app_context(), every_branch(), acting_as(SYSTEM), transaction():
        for code, name, letter in BRANCHES:
            branches.open_branch(code=code, name=name, letter=letter)
        found["kiosk"] = [
            {"branch": code, "key": kiosks.enrol(f"{name} 一号自助机", code).key} for code, name, _ in BRANCHES
        ]
        found["staff"] = _people()
        write_secret(credentials_file(environment), json.dumps(found, ensure_ascii=False, indent=2) + "\n")


def _people() -> list[dict[str, str]]:
    people = []
    for role, labels in TEAM:
        for (code, _, _), label in zip(BRANCHES, labels, strict=True):
            people.append((f"{role}.{code.removeprefix('yunfan-')}", label, role, code))
    people += [(role, label, role, GROUP) for role, label in HEADQUARTERS]
    found = []
    for user, label, role, branch in people:
        # Demo mode listens on loopback only; even so no password is the same twice.
        password = f"{secrets.token_hex(3)}-{secrets.token_hex(3)}"
        staff.join(label, branch, [role], user, password)
        found.append({"user": user, "password": password, "role": role, "branch": branch, "name": label})
    return found


def _key(suite: Suite, service: str, kind: str, scopes: list[str], label: str) -> str:
    with suite.apps[service].app_context(), every_branch(), acting_as(SYSTEM), transaction() as session:
        return keys.create(session, kind, scopes, label=label)


def _key_for_all(suite: Suite) -> str:
    """One key that reads every feed, as a monitoring tool would have; without personal scopes."""
    plain = _key(suite, "reception", "service", ["events"], "demo reader of feeds")
    with suite.apps["reception"].app_context(), every_branch(), reader() as session:
        row = session.get(AccessKey, keys.id_of(plain))
        values = {column.key: getattr(row, column.key) for column in AccessKey.__table__.columns}
    for service in suite.apps:
        if service != "reception":
            with suite.apps[service].app_context(), every_branch(), acting_as(SYSTEM), transaction() as session:
                session.add(AccessKey(**values))
    return plain
