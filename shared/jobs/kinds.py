"""What a service can do later: each kind of job and the function that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.jobs.running import RunningJob

Handler = Callable[["RunningJob"], Any]

# A timer's handler stays under seconds; a worker that is silent for so long is taken for dead.
TIMER_LEASE_SECONDS = 30


@dataclass(frozen=True)
class Kind:
    """How jobs of one kind are run."""

    name: str
    handler: Handler
    lease_seconds: float
    # Long: the handler opens its own transactions. Short: one transaction around the handler and the done mark.
    long: bool
    attempts: int
    kept_days: int


class JobFailed(Exception):
    """Raised by a handler: trying again would not help. ``code`` and ``details`` are shown to people; never a stack.

    The code stands in a catalogue of happenings; a detail named ``params`` fills its sentence. ``result`` replaces the
    job's result.
    """

    def __init__(self, code: str, *, result: Any = None, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.result = result
        self.details = details


class JobKinds:
    """The kinds that a capability declares (``jobs.py``), or the union of them for a service."""

    def __init__(self) -> None:
        self.kinds: dict[str, Kind] = {}

    def kind(
        self, name: str, *, lease_seconds: float | None = None, attempts: int = 8, kept_days: int = 30
    ) -> Callable[[Handler], Handler]:
        """Register a handler for jobs named ``name``: called with the RunningJob, in its branch, as the system.

        Without ``lease_seconds`` the job is short (a timer): everything the handler writes and the done mark share ONE
        transaction, so it fires exactly once whatever crashes; ``transaction()`` in the handler joins it.
        With ``lease_seconds`` it is long: the handler opens its own transactions and calls ``job.checkpoint`` in each.
        That keeps the place in the same transaction as the effects and renews the lease; after a crash the handler is
        called again with the payload of the last checkpoint.
        ``attempts``: tries before it is given up. ``kept_days``: how long a finished job, its result and files stay.
        """

        def register(handler: Handler) -> Handler:
            if name in self.kinds:
                raise ValueError(f"two kinds of job named {name}")
            lease = TIMER_LEASE_SECONDS if lease_seconds is None else lease_seconds
            self.kinds[name] = Kind(name, handler, lease, lease_seconds is not None, attempts, kept_days)
            return handler

        return register

    def timer(self, name: str, *, attempts: int = 8, kept_days: int = 30) -> Callable[[Handler], Handler]:
        """A short kind, said plainly: see ``kind``."""
        return self.kind(name, attempts=attempts, kept_days=kept_days)

    def add(self, other: JobKinds) -> None:
        """Take over what another capability declared; the same name twice is an error."""
        for name, kind in other.kinds.items():
            if name in self.kinds:
                raise ValueError(f"two kinds of job named {name}")
            self.kinds[name] = kind

    def get(self, name: str) -> Kind | None:
        """The kind of that name, or None."""
        return self.kinds.get(name)
