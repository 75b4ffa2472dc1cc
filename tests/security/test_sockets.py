"""S48: what only a socket can send, through gunicorn as it is deployed: one answer, then the line is closed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.processes import free_port, wait_until
from tests.kit.databases import REPOSITORY

HEAD = b"POST /reception/api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HIDDEN = b"GET /reception/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = HIDDEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
SMUGGLED = {
    "length and chunks": HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}" + HIDDEN,
    "two lengths in one": HEAD + b"Content-Length: 2, 40\r\n\r\n{}" + HIDDEN,
    "a length with a sign": HEAD + b"Content-Length: +2\r\n\r\n{}" + HIDDEN,
    "a length below nothing": HEAD + b"Content-Length: -2\r\n\r\n{}" + HIDDEN,
    "chunks in disguise": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a chunk of no number": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n" + HIDDEN,
    "a space before the colon": HEAD + b"Content-Length : 2\r\n\r\n{}" + HIDDEN,
    "a folded header": HEAD + b"X-A: b\r\n Content-Length: 2\r\n\r\n" + HIDDEN,
    "line feeds alone": HEAD.replace(b"\r\n", b"\n") + b"Content-Length: 0\n\n" + HIDDEN.replace(b"\r\n", b"\n"),
    "no host in HTTP/9": b"GET /reception/healthz HTTP/9.9\r\nHost: a\r\n\r\n" + HIDDEN,
    "a hundred headers": HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(100)) + b"\r\n" + HIDDEN,
    "a header of 16 kB": HEAD + b"X-A: " + b"a" * 16_000 + b"\r\n\r\n" + HIDDEN,
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Reception behind gunicorn, with the configuration that goes out; its database is empty, nothing here needs it."""
    folder, number = tmp_path_factory.mktemp("sockets"), free_port()
    variables = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
    variables |= {"PORT": str(number), "WEB_CONCURRENCY": "1", "DATA_DIR": str(folder), "YINGBIN_BUS_URL": "memory://",
                  "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics")}  # fmt: skip
    with open(Path(folder) / "log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "services.reception.wsgi:app"],
            cwd=REPOSITORY, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        assert wait_until(lambda: b" 200 " in said(number, LAST), 60)
        yield number
    finally:
        process.terminate()
        process.wait(30)


def said(port: int, sent: bytes) -> bytes:
    """Everything that comes back until the other end closes; what was there when nothing came for five seconds."""
    found = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(sent)
            while piece := line.recv(65536):
                found += piece
    except TimeoutError:
        return found + b"\nstill open"
    except OSError:
        pass
    return found


@pytest.mark.parametrize("case", SMUGGLED, ids=list(SMUGGLED))
def test_s48_no_second_request_hides_behind_a_first(port: int, case: str) -> None:
    answer = said(port, SMUGGLED[case])
    assert answer.count(b"HTTP/1.1 ") == 1, answer[:300]
    assert answer.split()[1] in (b"400", b"405", b"431", b"501", b"505"), answer[:300]
    assert b'"status": "ok"' not in answer
    assert b"still open" not in answer
    assert b"application/problem+json" in answer, answer[:300]
    assert b"<html" not in answer


def test_s48_two_honest_requests_on_one_line_get_two_answers(port: int) -> None:
    """Otherwise the test above would say nothing."""
    assert said(port, HIDDEN + LAST).count(b"HTTP/1.1 200") == 2
