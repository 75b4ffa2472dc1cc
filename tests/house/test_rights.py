"""Roles and permissions: one closed list of roles, one table in the repository that is what the code says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from deploy import permission_table
from services.reception.roles import ROLES
from shared.access.permissions import Role
from shared.service import load, names
from tests.house import wiring
from tests.house.wiring import Words

GRANTED = {name: load(name).permissions for name in names()}
WITHOUT_RIGHTS = {"call_agent"}


def strangers(granted: Mapping[str, Mapping[str, frozenset[str]]], roles: Iterable[str]) -> list[str]:
    """Roles that a service's permissions name and the list does not have."""
    known = {*roles, *permission_table.KEYS}
    return [
        f"{service} {permission}: {role}"
        for service, permissions in granted.items()
        for permission, given in permissions.items()
        for role in sorted(given - known)
    ]


def test_every_role_that_is_granted_something_is_on_the_list() -> None:
    assert strangers(GRANTED, ROLES) == []


def test_a_role_of_no_list_is_found() -> None:
    granted = {"desk": {"visits.call": frozenset({"receptionist", "recepcionist", "kiosk"})}}
    assert strangers(granted, ROLES) == ["desk visits.call: recepcionist"]


def test_every_role_may_do_something() -> None:
    used = {role for permissions in GRANTED.values() for given in permissions.values() for role in given}
    assert set(ROLES) - used == WITHOUT_RIGHTS


def test_roles_have_words_in_both_languages_and_a_place() -> None:
    assert wiring.untranslated(Words(role.name, role.zh, role.en) for role in ROLES.values()) == []
    assert [role.name for role in ROLES.values() if not (role.branch or role.group)] == []
    assert len({role.zh for role in ROLES.values()}) == len({role.en for role in ROLES.values()}) == len(ROLES)


def test_the_table_is_what_the_code_says() -> None:
    kept = permission_table.FILE.read_text(encoding="utf-8")
    assert kept == permission_table.text(), "who may do what has changed: `yingbin permissions --write`, and look at it"


def test_another_grant_changes_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    before = permission_table.text()
    monkeypatch.setitem(load("followup").permissions, "call_backs.plan", frozenset({"technician"}))
    assert "followup,call_backs.plan,technician\n" in permission_table.text()
    assert permission_table.text() != before


def test_a_role_is_of_a_branch_unless_it_says_otherwise() -> None:
    assert (Role("x", "甲", "X").branch, Role("x", "甲", "X").group) == (True, False)
