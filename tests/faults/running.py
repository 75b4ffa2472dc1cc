"""A house whose threads run, at one HTTP address, with kiosks before its door."""

from __future__ import annotations

import itertools
import random
import threading
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.faults.ledger import Ledger
from tests.faults.load import Kiosk, Load
from tests.kit.house import BRANCHES, House
from tests.kit.waiting import until


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


class Running:
    """``with Running(house, path, seed) as running:`` relays, consumers and jobs run until the block ends."""

    def __init__(self, house: House, directory: Path, seed: int, workers: tuple[str, ...] = ()) -> None:
        self.house = house
        self._workers = workers
        self.seed = seed
        self._loads = itertools.count()
        self.ledger = Ledger(directory / "ledger.jsonl")
        self._server = make_server("127.0.0.1", 0, house.suite.front_door, threaded=True, request_handler=_Silent)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self.keys = [house.kiosk_key(branch) for branch in BRANCHES for _ in range(2)]

    def __enter__(self) -> Running:
        self.house.let_go()
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.house.suite.start_workers(*self._workers)
        return self

    def __exit__(self, *_: object) -> None:
        self.house.suite.stop_workers()
        self._server.shutdown()

    def kiosk(self) -> Kiosk:
        """One more client, for requests that the test makes itself."""
        return Kiosk(self.address, self.keys[0], self.ledger, random.Random(self.seed))

    def load(self, each: int | None = None) -> Load:
        """Four kiosks at once."""
        # Each with visitors of its own: the same ones again would only be told what they were told before.
        return Load(self.address, self.keys, self.ledger, self.seed * 100 + next(self._loads), each)

    def heal(self, seconds: float = 30.0) -> float:
        """Wait until every consumer stands at its source's head; returns the seconds (R of the fault matrix)."""
        return until(self._quiet, seconds, "the facts came to rest")

    def published(self, seconds: float = 30.0) -> float:
        """Wait until the bus has been told of everything, too."""
        services = self.house.suite.apps
        return until(lambda: all(self.house.flow(name)["unpublished"] == 0 for name in services), seconds, "published")

    def _quiet(self) -> bool:
        return self.house.quiet() and all(self.house.flow(name)["unnumbered"] == 0 for name in self.house.suite.apps)
