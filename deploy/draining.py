"""gunicorn's worker, taught to leave: at TERM /readyz says 503 at once, a moment later the door is shut, and what is
inside is finished.

gunicorn alone stops listening the moment it is told to: whoever was just being sent here finds a closed port.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import gunicorn
import gunicorn.http.wsgi
from gunicorn.workers.gthread import ThreadWorker

# The name of a product and its version help nobody but those who look for holes (S50).
gunicorn.SERVER = gunicorn.http.wsgi.SERVER = "yingbin"


def runtimes(application: Any) -> Iterator[Any]:
    """What the services behind a WSGI application run on: one app, or the four behind the front door."""
    for app in getattr(application, "apps", {"": application}).values():
        runtime = getattr(app, "extensions", {}).get("yingbin")
        if runtime is not None:
            yield runtime


class DrainingWorker(ThreadWorker):
    """Threads as gunicorn has them; only the way out differs."""

    draining = False

    def handle_exit(self, sig: Any, frame: Any) -> None:
        """TERM: not ready any more; the listening socket is still ours although the arbiter has closed its own."""
        if self.draining:
            return
        self.draining = True
        # Told while it still loads, it has nobody inside.
        for runtime in runtimes(getattr(self, "wsgi", None)):
            runtime.draining = True
        leave = super().handle_exit
        waits = threading.Timer(float(os.environ.get("YINGBIN_DRAIN_SECONDS") or 1), leave, (sig, frame))
        waits.daemon = True
        waits.start()
