"""Four services in one process: who answers which address, and how they read each other's feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from shared.app import create_app
from shared.events.pull import FeedClient, HttpFeed, InProcessFeed
from shared.events.worker import Worker
from shared.runtime import Runtime
from shared.settings.environment import Environment
from shared.web.index import index_page

SERVICES = ("reception", "appointments", "followup", "reporting")

StartResponse = Callable[..., Any]


class FrontDoor:
    """One address: the first part of the path says which service answers. Nothing is cut off the path, so that every
    service has the same addresses here and behind a proxy.
    """

    def __init__(self, apps: Mapping[str, Flask]) -> None:
        self.apps = apps
        self._index = index_page(tuple(apps))
        for app in apps.values():
            self._index.config["TRUSTED_HOSTS"] = app.config["TRUSTED_HOSTS"]

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        name = environ.get("PATH_INFO", "/").lstrip("/").partition("/")[0]
        return self.apps.get(name, self._index)(environ, start_response)


@dataclass
class Suite:
    """The four services of one process."""

    apps: dict[str, Flask]
    front_door: FrontDoor
    workers: list[Worker] = field(default_factory=list)

    def runtime(self, service: str) -> Runtime:
        """What ``service`` runs on."""
        return self.apps[service].extensions["yingbin"]

    def start_workers(self, *services: str) -> None:
        """Start the background threads of these services, of all when none is named."""
        for service in services or self.apps:
            worker = Worker(self.runtime(service))
            worker.start()
            self.workers.append(worker)

    def stop_workers(self) -> None:
        """Stop them; all are told before the first is waited for."""
        for worker in self.workers:
            worker.stop_event.set()
        for worker in self.workers:
            worker.stop()
        self.workers.clear()

    def close(self) -> None:
        """Stop everything and close the databases."""
        self.stop_workers()
        for app in self.apps.values():
            app.extensions["yingbin"].close()


def assemble(environments: Mapping[str, Environment]) -> Suite:
    """Build the apps and introduce them to each other."""
    apps = {name: create_app(name, environment) for name, environment in environments.items()}
    front_door = FrontDoor(apps)
    for app in apps.values():
        introduce(app.extensions["yingbin"], front_door)
    return Suite(apps, front_door)


def introduce(runtime: Runtime, front_door: FrontDoor | None = None) -> None:
    """Give a service its way to each source that it hears: an address when the settings name one, else this very
    process.
    """
    for source in runtime.service.hears:
        runtime.peers[source] = _feed(runtime.environment, source, front_door)


def introduce_by_address(runtime: Runtime) -> None:
    """For a process of its own: every source by address. One without an address is this machine's single process,
    asked over HTTP.
    """
    for source in runtime.service.hears:
        environment = runtime.environment
        address = environment.feed_urls.get(source) or f"http://127.0.0.1:{environment.port}"
        runtime.peers[source] = HttpFeed(address, source, environment.service_keys.get(source, ""))


def _feed(environment: Environment, source: str, front_door: FrontDoor | None) -> FeedClient:
    address, key = environment.feed_urls.get(source), environment.service_keys.get(source, "")
    if address:
        return HttpFeed(address, source, key)
    if front_door is None:
        raise ValueError(f"no address for the feed of {source}: set YINGBIN_{source.upper()}_FEED_URL")
    return InProcessFeed(front_door, source, key)
