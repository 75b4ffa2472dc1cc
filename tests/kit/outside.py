"""No test speaks to another machine, and none leaves messages behind for the next."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterator

import pytest

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


class OutsideWorld(RuntimeError):
    """A test tried to reach another machine."""


def _check(where: socket.socket, address: object) -> None:
    if where.family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(address, tuple):
        return
    host = str(address[0])
    if host in ("localhost", ""):
        return
    try:
        loopback = ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise OutsideWorld(f"a test tried to reach {host}:{address[1]}")


def _connect_here(self: socket.socket, address: object) -> None:
    _check(self, address)
    return _connect(self, address)  # type: ignore[arg-type]


def _connect_ex_here(self: socket.socket, address: object) -> int:
    _check(self, address)
    return _connect_ex(self, address)  # type: ignore[arg-type]


def pytest_configure(config: pytest.Config) -> None:
    socket.socket.connect = _connect_here  # type: ignore[method-assign]
    socket.socket.connect_ex = _connect_ex_here  # type: ignore[method-assign]


def pytest_unconfigure(config: pytest.Config) -> None:
    socket.socket.connect = _connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_letters_left() -> Iterator[None]:
    """kombu's memory transport keeps queues and bindings on its classes: a test would read what another one sent."""
    yield
    memory = sys.modules.get("kombu.transport.memory")
    if memory is not None:
        memory.Channel.queues.clear()
        memory.Channel.events.clear()
        memory.Transport.global_state.clear()
