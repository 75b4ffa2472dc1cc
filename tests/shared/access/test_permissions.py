"""Permissions stand on actions; the actor is who was recognised, and never left over from somebody else."""

from __future__ import annotations

import threading

import pytest

from shared.access import PUBLIC, SYSTEM, Actor, acting_as, action, current_actor
from shared.access.guards import Need
from shared.access.permissions import Roles
from shared.http.problems import Problem


@action("visits.call")
def call(name: str) -> str:
    return f"called {name}"


def allowed(actor: Actor) -> bool:
    with acting_as(actor):
        try:
            return call("x") == "called x"
        except Problem as problem:
            return (problem.status, problem.code) != (403, "forbidden")


def test_only_who_has_the_permission_may() -> None:
    assert allowed(Actor("staff", "1", "bj", frozenset({"visits.call"})))
    assert not allowed(Actor("staff", "1", "bj", frozenset({"visits.callx", "visits"})))
    assert not allowed(Actor("hq", "1", None, frozenset(), frozenset({"visits.call"})))
    assert not allowed(PUBLIC)


def test_the_system_may_always() -> None:
    assert allowed(SYSTEM)


def test_nobody_acts_unless_somebody_says_so() -> None:
    assert current_actor() is PUBLIC
    with pytest.raises(Problem):
        call("x")


def test_an_actor_ends_with_its_block_also_by_an_error_and_in_its_own_thread() -> None:
    seen = []
    with pytest.raises(RuntimeError), acting_as(SYSTEM):
        thread = threading.Thread(target=lambda: seen.append(current_actor()))
        thread.start()
        thread.join()
        raise RuntimeError
    assert current_actor() is PUBLIC
    assert seen == [PUBLIC]


def test_an_action_names_its_permission_for_the_house_to_read() -> None:
    assert call.permission == "visits.call"  # type: ignore[attr-defined]
    for wrong in ("call", "Visits.call", "visits.call ", ""):
        with pytest.raises(ValueError):
            action(wrong)


def test_roles_add_up_and_unknown_ones_grant_nothing() -> None:
    roles = Roles({"a.read": frozenset({"x", "y"}), "a.write": frozenset({"y"}), "b.read": frozenset({"z"})})
    assert roles.permissions(["x"]) == {"a.read"}
    assert roles.permissions(["x", "z", "nobody"]) == {"a.read", "b.read"}
    assert roles.permissions([]) == frozenset()


def test_a_door_wants_the_kind_and_the_scope() -> None:
    kiosk = Actor("kiosk", "1", "bj", scopes=frozenset({"check_ins"}))
    assert Need("kiosk").met_by(kiosk)
    assert Need("kiosk", "check_ins").met_by(kiosk)
    assert not Need("kiosk", "other").met_by(kiosk)
    assert not Need("staff").met_by(kiosk)
