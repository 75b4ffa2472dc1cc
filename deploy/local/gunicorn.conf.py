"""gunicorn for everything in one process: one worker (SQLite and memory:// live in it), threads for requests and for
the background.
"""

import os

from deploy import refusals

bind = f"{os.environ.get('YINGBIN_BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
if os.environ.get("YINGBIN_LAN", "").strip() == "1":
    from deploy.local.lan import certificates, context

    _tls = certificates()
    # Every address of this machine, and https alone: a tablet that is answered in the clear would stay there.
    bind = f"{os.environ.get('YINGBIN_BIND') or '0.0.0.0'}:{os.environ.get('PORT') or '8000'}"
    certfile, keyfile = str(_tls.certificate), str(_tls.key)

    def ssl_context(conf, default_ssl_context_factory):
        """No broken version of TLS."""
        return context(default_ssl_context_factory)


worker_class = "deploy.draining.DrainingWorker"
workers = 1
threads = 16
max_requests = 0
preload_app = False
timeout = 60
graceful_timeout = 10
keepalive = 5
accesslog = None
errorlog = "-"
loglevel = "warning"
# Its default path is shared by everything under one HOME, and the first to stop removes it.
control_socket_disable = True
refusals.install()


def on_starting(server):
    """Serve from the data directory, so that no restore comes in between; the lock goes with the last of us."""
    from pathlib import Path

    from shared.operations.serving import hold

    hold(Path(os.environ.get("DATA_DIR") or "var").absolute())


def post_worker_init(worker):
    """Start the background threads in the worker: threads do not survive the fork."""
    from deploy.local.greeting import say_hello
    from deploy.local.wsgi import suite

    suite.start_workers()
    say_hello(suite, bind)


def worker_exit(server, worker):
    """Let go of relay lock and cursors: the next start then waits for nothing."""
    from deploy.local.wsgi import suite

    suite.close()
