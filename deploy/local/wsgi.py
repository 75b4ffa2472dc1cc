"""The application that gunicorn serves in one process: ``deploy.local.wsgi:application``."""

from __future__ import annotations

from typing import Any

from deploy.local.assembling import assemble
from deploy.local.demo_group import ensure_demo_group
from deploy.local.first_start import environments, issue_service_keys, migrate_all
from shared.logs import configure

configure()
_environments = environments()
migrate_all(_environments)
suite = assemble(_environments)
issue_service_keys(suite)
if _environments["reception"].demo:
    ensure_demo_group(suite)
application: Any = suite.front_door
if _environments["reception"].lan:
    from deploy.local.lan import WithAuthority, certificates

    application = WithAuthority(suite.front_door, certificates().authority)
