"""Servers that tests, benchmarks and the single host use, taken from the system.

`python -m deploy.packages postgresql rabbitmq nginx` makes sure that their programs are there. Missing ones come
through apt where that is allowed (root, or sudo without a password); a daemon is never started by it, and servers that
already run are not touched. Where it is not allowed, one line says what to install and the exit code is 1.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")


def _newest(pattern: str) -> Path | None:
    """The newest version among versioned folders such as /usr/lib/postgresql/15/bin."""
    found = [path for path in Path("/").glob(pattern.lstrip("/")) if os.access(path, os.X_OK)]

    def version(path: Path) -> tuple[int, ...]:
        numbers = "".join(c if c.isdigit() else " " for c in str(path)).split()
        return tuple(int(n) for n in numbers)

    return max(found, key=version, default=None)


def postgres_bin() -> Path | None:
    """The folder with initdb and postgres, or None."""
    found = _newest("/usr/lib/postgresql/*/bin/postgres") or _newest("/usr/pgsql-*/bin/postgres")
    if found is None and (on_path := shutil.which("postgres")):
        found = Path(on_path).resolve()
    return found.parent if found and os.access(found.parent / "initdb", os.X_OK) else None


def rabbitmq_bin() -> Path | None:
    """The folder with rabbitmq-server and rabbitmqctl, or None.

    Debian's wrapper in /usr/sbin works for root and rabbitmq only and leaves an epmd daemon behind: the scripts below
    /usr/lib are the real ones.
    """
    if found := _newest("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"):
        return found.parent
    on_path = shutil.which("rabbitmq-server")
    return Path(on_path).resolve().parent if on_path else None


def nginx_bin() -> Path | None:
    """The nginx program, or None. /usr/sbin is not on everybody's PATH."""
    on_path = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    return Path(on_path) if on_path else None


def chromium_bin() -> Path | None:
    """A Chromium for browser tests, or None."""
    on_path = shutil.which("chromium") or shutil.which("chromium-browser")
    return Path(on_path) if on_path else None


def node_bin() -> Path | None:
    """npm (with node), for the reference checker of the event documents, or None."""
    found = [shutil.which(name) for name in ("node", "npm")]
    return Path(found[1]) if found[0] and found[1] else None


NEEDS = {
    # what it is called here: (how it is found, Debian packages)
    "postgresql": (postgres_bin, ("postgresql",)),
    "rabbitmq": (rabbitmq_bin, ("rabbitmq-server",)),
    "nginx": (nginx_bin, ("nginx-light",)),
    "node": (node_bin, ("nodejs", "npm")),
    "chromium": (chromium_bin, ("chromium", "fonts-wqy-microhei")),
}


def missing(names: list[str]) -> list[str]:
    """The names of NEEDS whose programs are not on this machine."""
    return [name for name in names if NEEDS[name][0]() is None]


def _as_root() -> list[str] | None:
    """What to put before a command so that it runs as root, or None when that is not allowed."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if allowed.returncode == 0 else None


@contextmanager
def _no_daemons(root: list[str]) -> Iterator[None]:
    """While apt installs, the system's own switch says no to every start of a service; afterwards it is as it was."""
    with tempfile.TemporaryDirectory(prefix="yingbin-policy-") as folder:
        policy, before = Path(folder) / "policy-rc.d", Path(folder) / "before"
        policy.write_text("#!/bin/sh\nexit 101\n")
        copied = subprocess.run([*root, "cp", "-a", str(POLICY), str(before)], capture_output=True, check=False)
        had_one = copied.returncode == 0
        subprocess.run([*root, "install", "-m", "755", str(policy), str(POLICY)], check=True)
        try:
            yield
        finally:
            if had_one:
                subprocess.run([*root, "cp", "-a", str(before), str(POLICY)], check=False)
                subprocess.run([*root, "rm", "-f", str(before)], check=False)
            else:
                subprocess.run([*root, "rm", "-f", str(POLICY)], check=False)


def _install(root: list[str], packages: list[str]) -> bool:
    def apt(*words: str) -> subprocess.CompletedProcess[str]:
        command = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", *words]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    install = ("--no-install-recommends", "install", *packages)
    with _no_daemons(root):
        done = apt(*install)
        if done.returncode != 0:   # an old or empty package list
            apt("update")
            done = apt(*install)
    if done.returncode != 0:
        print(done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0


def ensure(names: list[str]) -> bool:
    """Make sure that these programs are here; True when they are."""
    if not missing(names):
        return True
    with open(Path(tempfile.gettempdir()) / f"yingbin-packages-{os.getuid()}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)   # two test runs at once: the second finds them installed
        absent = missing(names)
        if not absent:
            return True
        packages = [package for name in absent for package in NEEDS[name][1]]
        root = _as_root()
        if shutil.which("apt-get") and root is not None:
            print(f"installing {' '.join(packages)} (their daemons are not started)", flush=True)
            if _install(root, packages) and not missing(names):
                return True
        hint = f"apt-get install {' '.join(packages)}"
        print(f"missing on this machine: {', '.join(missing(names))}. Install them, e.g. {hint}", file=sys.stderr)
        return False


def main(arguments: list[str]) -> int:
    unknown = [name for name in arguments if name not in NEEDS]
    if unknown or not arguments:
        print(f"usage: python -m deploy.packages {' | '.join(NEEDS)} ...", file=sys.stderr)
        return 2
    return 0 if ensure(arguments) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
