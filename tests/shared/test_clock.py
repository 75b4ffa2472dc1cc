"""Instants are UTC, days are local, ids grow."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from shared import clock, ids


def test_now_is_aware_and_can_be_frozen() -> None:
    with time_machine.travel(datetime(2026, 11, 23, 10, 0, tzinfo=UTC), tick=False):
        assert clock.now() == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
        assert clock.now().tzinfo is UTC


def test_the_local_day_begins_at_local_midnight() -> None:
    instant = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert clock.local_date(instant, "Asia/Shanghai") == date(2026, 11, 23)
    assert clock.local_date(instant - timedelta(microseconds=1), "Asia/Shanghai") == date(2026, 11, 22)
    assert clock.local_date(instant, "America/New_York") == date(2026, 11, 22)


@pytest.mark.parametrize("name", ["Asia", "Nowhere/City", "", "../../etc/passwd", "Asia/Shanghai\0"])
def test_an_unknown_zone_is_a_value_error(name: str) -> None:
    with pytest.raises(ValueError):
        clock.zone(name)


def test_the_wire_form_has_one_length_and_comes_back() -> None:
    for instant in (datetime(2026, 11, 23, 10, 0, tzinfo=UTC), datetime(2026, 11, 23, 10, 0, 0, 123, tzinfo=UTC)):
        text = clock.wire(instant)
        assert len(text) == 27
        assert clock.parse(text) == instant
    local = datetime(2026, 11, 23, 18, 0, tzinfo=clock.zone("Asia/Shanghai"))
    assert clock.wire(local) == "2026-11-23T10:00:00.000000Z"
    with pytest.raises(ValueError):
        clock.wire(datetime(2026, 11, 23, 10, 0))


@pytest.mark.parametrize("text", [
    "2026-11-23T10:00:00Z", "2026-11-23T18:00:00+08:00", "2026-11-23t10:00:00.000z",
    "2026-11-23 10:00:00.000000+00:00",
])
def test_rfc_3339_is_read(text: str) -> None:
    assert clock.parse(text) == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert clock.parse(text).tzinfo is UTC


@pytest.mark.parametrize("text", [
    "2026-11-23", "2026-11-23T10:00:00", "20261123T100000Z", "2026-W48-1T10:00:00Z", "2026-11-23T10:00Z", "", "now",
    "2026-13-01T10:00:00Z", "2026-11-23T25:00:00Z", "0001-01-01T00:00:00+14:00", "2026-11-23T10:00:00Z\n",
    "２０２６-11-23T10:00:00Z", None, 5,
])
def test_anything_else_is_a_value_error(text: object) -> None:
    with pytest.raises(ValueError):
        clock.parse(text)  # type: ignore[arg-type]


def test_ids_are_version_7_and_carry_the_time() -> None:
    moment = datetime(2035, 1, 2, 3, 4, 5, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        found = uuid.UUID(ids.uuid7())
    assert (found.version, found.variant) == (7, uuid.RFC_4122)
    assert found.int >> 80 == int(moment.timestamp() * 1000)


def test_ids_grow_within_one_process_also_in_a_stopped_clock_or_one_set_back_a_little() -> None:
    with time_machine.travel(datetime(2036, 1, 1, tzinfo=UTC), tick=False) as frozen:
        found = [ids.uuid7() for _ in range(10_000)]
        frozen.move_to(datetime(2035, 12, 31, 23, 59, 55, tzinfo=UTC))
        found += [ids.uuid7() for _ in range(10)]
    assert found == sorted(set(found))


def test_a_clock_set_back_far_does_not_hold_ids_in_the_future() -> None:
    with time_machine.travel(datetime(2050, 1, 1, tzinfo=UTC), tick=False):
        ids.uuid7()
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False):
        assert uuid.UUID(ids.uuid7()).int >> 80 == int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)


def test_threads_never_make_the_same_id() -> None:
    found: list[str] = []

    def work() -> None:
        found.extend([ids.uuid7() for _ in range(2000)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 16_000
