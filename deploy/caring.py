"""Commands for who looks after an installation: settings, backup, restore, doctor."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from deploy.entering import environment, service_context
from shared.service import names


@click.command()
@click.option("--explain", "of_the_process", is_flag=True, help="the environment variables and where values came from")
def settings(of_the_process: bool) -> None:
    """Print every setting per branch with its default, as the example file has it."""
    from shared.settings.example import example_text

    if of_the_process:
        _explain()
        return

    click.echo(example_text(), nl=False)


_SERVICES = click.option("--service", "services", multiple=True, type=click.Choice(names()), help="only this one")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_SERVICES
def backup(folder: Path, services: tuple[str, ...]) -> None:
    """Save databases, files and keys into the new folder FOLDER; everything may run meanwhile. It holds secrets."""
    from shared.operations.backup import back_up
    from shared.operations.snapshots import CannotSave

    try:
        manifest = back_up({name: environment(name) for name in services or names()}, folder)
    except CannotSave as error:
        raise click.ClickException(str(error)) from None
    for name, stood in sorted(manifest["services"].items()):
        click.echo(f"{name:<14} position {stood['head']}, schema {stood['revision']}")
    click.echo(f"{len(manifest['content'])} files in {folder}; keep it where only you can read it")
    if manifest["missing"]:
        click.echo(f"{len(manifest['missing'])} files were named and not there: `missing` in manifest.json", err=True)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@_SERVICES
@click.option("--replace", is_flag=True, help="put what is there now aside (SQLite) or overwrite it (PostgreSQL)")
def restore(folder: Path, services: tuple[str, ...], replace: bool) -> None:
    """Bring back what FOLDER (made by backup) holds. Stop the product before; logs begin a new epoch."""
    from shared.operations.restore import restore as bring_back
    from shared.operations.serving import InUse
    from shared.operations.snapshots import CannotSave

    try:
        done = bring_back({name: environment(name) for name in names()}, folder, services, replace=replace)
    except (CannotSave, InUse) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"restored: {', '.join(done)}. Start the product; `yingbin doctor` then shows how consumers reconcile.")


def _explain() -> None:
    from shared.settings.environment import BadEnvironment, Environment
    from shared.settings.variables import explain

    for variable, value, origin in explain(os.environ):
        click.echo(f"{variable.name} = {value}   [{origin}; {variable.type}]\n    {variable.says}")
    wrong = set()
    for service in names():
        try:
            Environment.read(service)
        except BadEnvironment as error:
            wrong.add(str(error))
    if wrong:
        raise click.ClickException("; ".join(sorted(wrong)))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="for programs")
@click.option("--all", "whole", is_flag=True, help="show what is well, too")
def doctor(as_json: bool, whole: bool) -> None:
    """Look at everything and say what is wrong and what to do about it; exit 1 when something is."""
    from shared import logs
    from shared.operations.doctor import Finding, examine
    from shared.operations.installation import look_around

    # One screen, in words; the services' own lines of log stay out of it.
    logs.configure("CRITICAL")
    findings: dict[str, list[Any]] = {}
    told = []
    for service in names():
        try:
            with service_context(service) as runtime:
                findings[service] = list(examine(runtime))
                told.append(runtime.environment)
        except click.ClickException as error:
            advice = "yingbin settings --explain shows every setting"
            findings[service] = [Finding("settings", False, error.message, advice)]
        except Exception as error:
            findings[service] = [Finding("start", False, f"does not come up: {type(error).__name__}", "see its log")]
    if told:
        findings["installation"] = list(look_around(told[0]))
    sys.exit(print_findings(findings, as_json=as_json, whole=whole))


def print_findings(findings: Mapping[str, Sequence[Any]], *, as_json: bool, whole: bool) -> int:
    """One screen: what is wrong with what to do, and how much is well. Returns the exit code."""
    wrong = sum(not finding.well for part in findings.values() for finding in part)
    if as_json:
        flat = [{"of": of, **finding._asdict()} for of, part in findings.items() for finding in part]
        click.echo(json.dumps(flat, ensure_ascii=False))
        return min(wrong, 1)
    for of, part in findings.items():
        bad = [finding for finding in part if not finding.well]
        click.echo(f"{'BAD ' if bad else 'ok  '} {of:<14} {len(part) - len(bad)} of {len(part)} things are well")
        for finding in part if whole else bad:
            click.echo(f"  {'ok  ' if finding.well else 'BAD '} {finding.what:<22} {finding.detail}")
            if finding.advice and not finding.well:
                click.echo(f"       → {finding.advice}")
    return min(wrong, 1)


COMMANDS = (settings, backup, restore, doctor)
