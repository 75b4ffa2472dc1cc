"""gunicorn for one service in processes of its own: `yingbin <service> web`.

PORT and WEB_CONCURRENCY (processes) come from the environment, threads from YINGBIN_THREADS: a database pool is as
large.
"""

import os
import pathlib
import re
import tempfile

from deploy import refusals

bind = f"{os.environ.get('YINGBIN_BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "deploy.draining.DrainingWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("YINGBIN_THREADS", "8"))
timeout = 30
# Longer than any request may take, shorter than an orchestrator's patience.
graceful_timeout = 20
keepalive = 5
backlog = 512
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
accesslog = None
errorlog = "-"
loglevel = "warning"
# Its default path is shared by everything under one HOME, and the first to stop removes it.
control_socket_disable = True
refusals.install()
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"

# Before prometheus_client is imported: counters of all processes of this service lie in one folder.
_metrics = pathlib.Path(os.environ.setdefault(
    "PROMETHEUS_MULTIPROC_DIR", os.path.join(tempfile.gettempdir(), f"yingbin-metrics-{os.getpid()}")
))


def on_starting(server):
    """What dead processes left in the folder would be counted for ever; the living ones may be the service's worker."""
    from shared.operations.serving import hold

    # No restore comes in between; the lock goes with the last of us.
    hold(pathlib.Path(os.environ.get("DATA_DIR") or "var").absolute())
    _metrics.mkdir(parents=True, exist_ok=True)
    for file in _metrics.glob("*.db"):
        pid = re.search(r"_(\d+)\.db$", file.name)
        if pid and not pathlib.Path(f"/proc/{pid[1]}").exists():
            file.unlink(missing_ok=True)


def child_exit(server, worker):
    """Gauges of a dead process are no longer true."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
