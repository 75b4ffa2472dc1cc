"""``yingbin import calls``: a telephone system's list from the command line (R3.1)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from services.reception.calls import actions


@click.command(name="calls")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--branch", required=True, help="the branch whose calls they are")
@click.option("--zone", help="time zone of the list's times (default: the branch's)")
@click.option("--mapping", default="{}", help='JSON: {"heading": "field" or null}')
@click.option("--dry-run", is_flag=True, help="check everything, write nothing")
@click.option("--on-error", type=click.Choice(["stop", "skip"]), default="stop", help="what a wrong row does")
@click.option(
    "--errors", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="write all faults here (CSV)"
)
def import_calls(
    file: Path, branch: str, zone: str | None, mapping: str, dry_run: bool, on_error: str, errors: Path | None
) -> None:
    """Import FILE (CSV or .xlsx, Chinese or English headings). Running it again adds nothing twice."""
    from shared.access import SYSTEM, acting_as
    from shared.app import create_app
    from shared.db import branch_scope
    from shared.importing import console as terminal
    from shared.runtime import EXTENSION

    try:
        mapped = json.loads(mapping)
        if not isinstance(mapped, dict) or not all(isinstance(field, str | None) for field in mapped.values()):
            raise ValueError
    except ValueError:
        raise click.BadParameter("a JSON object of headings and fields", param_hint="--mapping") from None
    app = create_app("reception")
    here, console = app.extensions[EXTENSION], Console()
    try:
        with app.app_context(), acting_as(SYSTEM):
            with terminal.said_to_the_operator(here), branch_scope(branch):
                job_id = actions.plan_import(
                    file_id=terminal.keep_file(file), branch=branch, zone=zone, mapping=mapped, dry_run=dry_run,
                    on_error=on_error,
                )  # fmt: skip
            job = terminal.follow(here, job_id, console)
            if not terminal.report(job, console, errors):
                sys.exit(1)
    finally:
        here.close()


IMPORTS = (import_calls,)
