"""What one service's process is made of; the app context is the context of requests, workers, jobs and commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import current_app

if TYPE_CHECKING:
    from flask import Flask

    from shared.access.permissions import Roles
    from shared.db import Database
    from shared.events import Handlers
    from shared.events.pull import FeedClient
    from shared.events.wake import Wake
    from shared.i18n.wording import Wording
    from shared.jobs import JobKinds
    from shared.service import Service
    from shared.settings.environment import Environment
    from shared.settings.registry import Registry

EXTENSION = "yingbin"


@dataclass(slots=True)
class Runtime:
    """One service as it runs here. Four of them may share a process, so nothing of this is global."""

    app: Flask
    service: Service
    environment: Environment
    database: Database
    wake: Wake
    # Rings when pages of this service have something new to show.
    pages: Wake
    handlers: Handlers
    jobs: JobKinds
    settings: Registry
    roles: Roles
    wording: Wording
    # How each heard source is reached; the embedded process fills it with calls that need no socket.
    peers: dict[str, FeedClient] = field(default_factory=dict)
    # The threads of relay, consumers and jobs, where this process runs them.
    worker: Any = None
    # Set on the way out: /readyz says 503 and the proxy sends no new guests.
    draining: bool = False

    def close(self) -> None:
        """Let go of the database's connections and the bell's threads; stop the worker before."""
        self.wake.close()
        self.pages.close()
        self.database.dispose()


def runtime() -> Runtime:
    """The runtime of the current app context; RuntimeError outside of one."""
    return current_app.extensions[EXTENSION]
