"""Before the processes start: tables and rights, the keys by which services read each other, perhaps the demo group."""

from __future__ import annotations

from deploy.local.assembling import assemble
from deploy.local.first_start import environments, issue_service_keys, migrate_all


def prepare() -> None:
    """Safe to repeat: what is there stays."""
    told = environments()
    migrate_all(told)
    suite = assemble(told)
    try:
        issue_service_keys(suite)
        if told["reception"].demo:
            from deploy.local.demo_group import ensure_demo_group

            ensure_demo_group(suite)
    finally:
        suite.close()


if __name__ == "__main__":
    prepare()
