"""``yingbin``: what an operator types. One word for everything in one process, ``yingbin <service> …`` for one
service.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from shared.service import names

NOTED_EVERY_SECONDS = 5.0
HERE = Path(__file__).resolve().parent


def environment(service: str, variables: Mapping[str, str] | None = None) -> Any:
    """The settings of this process, or one sentence that says which variable is wrong."""
    from shared.settings.environment import BadEnvironment, Environment

    try:
        return Environment.read(service, variables)
    except BadEnvironment as error:
        raise click.ClickException(str(error)) from None


def _hold(told: Any) -> None:
    from shared.operations.serving import InUse, hold

    try:
        hold(told.data_dir)
    except InUse as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def service_context(service: str) -> Iterator[Any]:
    """The app context of one service, as the system and over every branch; yields its runtime."""
    from deploy.local.assembling import introduce_by_address
    from deploy.local.first_start import with_keys
    from shared.access import SYSTEM, acting_as
    from shared.app import create_app
    from shared.db import every_branch

    told = environment(service, with_keys())
    _hold(told)
    app = create_app(service, told)
    runtime = app.extensions["yingbin"]
    introduce_by_address(runtime)
    with app.app_context(), every_branch(), acting_as(SYSTEM):
        try:
            yield runtime
        finally:
            runtime.close()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """迎宾 Yingbin: front desk and after-sales of car dealerships."""


@main.command()
def local() -> None:
    """Serve everything in one process (SQLite, in-process bus) until TERM."""
    for service in names():
        environment(service)
    config = HERE / "local" / "gunicorn.conf.py"
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", str(config), "deploy.local.wsgi:application"])


@main.command()
@click.option("--explain", "of_the_process", is_flag=True, help="the environment variables and where values came from")
def settings(of_the_process: bool) -> None:
    """Print every setting per branch with its default, as the example file has it."""
    from shared.settings.example import example_text

    if of_the_process:
        _explain()
        return

    click.echo(example_text(), nl=False)


@main.command()
@click.option("--write", is_flag=True, help="write deploy/permissions.csv instead")
def permissions(write: bool) -> None:
    """Print who may do what: every permission of every service with the roles that have it."""
    from deploy.permission_table import FILE, text

    if write:
        FILE.write_text(text(), encoding="utf-8")
    else:
        click.echo(text(), nl=False)


_SERVICES = click.option("--service", "services", multiple=True, type=click.Choice(names()), help="only this one")


@main.command()
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


@main.command()
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


class Imports(click.Group):
    """The import commands that capabilities bring (``commands.py``: ``IMPORTS``), looked up when one is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(self._found())

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        return self._found().get(name)

    @staticmethod
    def _found() -> dict[str, click.Command]:
        from shared.service import load, rooms

        modules = [module for name in names() for module in rooms(load(name), "commands")]
        return {command.name or "": command for module in modules for command in getattr(module, "IMPORTS", ())}


@main.command(name="import", cls=Imports)
def import_group() -> None:
    """Bring data in from files."""


def _service_group(service: str) -> click.Group:
    @click.group(name=service, help=f"The service {service}: serve it, look after it.")
    def group() -> None:
        pass

    @group.command()
    def web() -> None:
        """Serve HTTP with gunicorn until TERM."""
        environment(service)
        config = HERE / "gunicorn.conf.py"
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", str(config), f"services.{service}.wsgi:app"])

    @group.command()
    def worker() -> None:
        """Run relay, consumers and jobs until TERM."""
        from shared.events.worker import Worker
        from shared.operations.metrics import note_worker

        def note(runtime: Any) -> None:
            try:
                note_worker(runtime)
            except Exception as error:
                click.echo(f"numbers not noted: {type(error).__name__}", err=True)

        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        with service_context(service) as runtime:
            _refuse_without_keys(runtime)
            running = Worker(runtime)
            running.start()
            while not stop.wait(NOTED_EVERY_SECONDS):
                note(runtime)
            running.stop()

    @group.command()
    def migrate() -> None:
        """Bring the database to the newest schema, with its rights."""
        from shared.db.migrate import upgrade

        upgrade(service, environment(service))

    @group.command()
    @click.option("--after", default=0, help="the position to begin after")
    @click.option("--limit", default=50, help="at most so many")
    def events(after: int, limit: int) -> None:
        """Print the log as CloudEvents, one a line (personal data stays home)."""
        from shared.events.numbering import read_after

        with service_context(service) as runtime, runtime.database.reader() as session:
            for row in read_after(session.connection(), service, after, limit):
                click.echo(row.encode())

    @group.group()
    def parked() -> None:
        """Events that could not be applied, and what waits behind them."""

    @parked.command(name="list")
    def list_() -> None:
        """List them, oldest first."""
        from shared.events.parking import all_parked

        with service_context(service) as runtime, runtime.database.reader() as session:
            rows = all_parked(session)
            for row in rows:
                click.echo(
                    f"{row.id:>6}  {row.source}#{row.position}  {row.subject}  {row.type}  "
                    f"{row.reason} {row.detail}  tried {row.attempts}  since {row.parked_at:%Y-%m-%d %H:%M:%S}Z"
                )
            click.echo(f"{len(rows)} parked")

    @parked.command()
    @click.argument("parked_id", type=int, required=False)
    @click.option("--all", "everything", is_flag=True, help="every subject")
    def retry(parked_id: int | None, everything: bool) -> None:
        """Try again, in order, what is parked about the subject of PARKED_ID (after a repair)."""
        with service_context(service) as runtime:
            click.echo(f"{_retry(runtime, parked_id, everything)} applied")

    @parked.command()
    @click.argument("parked_id", type=int)
    def release(parked_id: int) -> None:
        """Set PARKED_ID aside for good (it is written down) and apply in order what waits behind it."""
        from shared.events.parking import set_aside

        with service_context(service) as runtime:
            with runtime.database.transaction() as session:
                found = set_aside(session, parked_id)
            if found is None:
                raise click.ClickException(f"nothing parked has the number {parked_id}")
            source, subject = found
            click.echo(f"set aside; {_consumer(runtime, source).retry(subject)} applied behind it")

    @group.command()
    @click.argument("projections", nargs=-1)
    @click.option("--all", "everything", is_flag=True, help="every projection, in one pass")
    def rebuild(projections: tuple[str, ...], everything: bool) -> None:
        """Make projections' tables anew from position 1 of the logs; without a name, list the projections."""
        from shared.events.rebuild import rebuild as rebuild_projections

        with service_context(service) as runtime:
            known = runtime.handlers.projections
            wanted = tuple(known) if everything else projections
            if unknown := set(wanted) - set(known):
                raise click.ClickException(
                    f"{service} has no projection {', '.join(sorted(unknown))}; without a name this lists them"
                )
            if not wanted:
                for name, projection in sorted(known.items()):
                    click.echo(f"{name:<28} {', '.join(projection.tables)}")
            else:
                click.echo(f"{rebuild_projections(runtime, *wanted)} events read")

    @group.group()
    def search() -> None:
        """By what people and things are found."""

    @search.command(name="rebuild")
    def rebuild_search() -> None:
        """Make all terms anew (after an import from elsewhere, or when the way of reading names has changed)."""
        from shared.service import load, rooms

        found = rooms(load(service), "searching")
        if not found:
            raise click.ClickException(f"{service} keeps nothing that is searched")
        with service_context(service):
            click.echo(f"{sum(room.rebuild() for room in found)} terms written")

    @group.command()
    @click.option("--json", "as_json", is_flag=True, help="for programs")
    def doctor(as_json: bool) -> None:
        """Look at everything this service needs and say what is wrong; exit 1 when something is."""
        from shared.operations.doctor import examine

        with service_context(service) as runtime:
            findings = list(examine(runtime))
        if as_json:
            click.echo(json.dumps([finding._asdict() for finding in findings], ensure_ascii=False))
        else:
            for finding in findings:
                click.echo(f"{'ok  ' if finding.well else 'BAD '} {finding.what:<22} {finding.detail}")
        if not all(finding.well for finding in findings):
            sys.exit(1)

    return group


def _refuse_without_keys(runtime: Any) -> None:
    """A worker that may not read its sources would wait for ever and look well."""
    own, has = f"YINGBIN_{runtime.service.name.upper()}", runtime.environment.service_keys
    wanted = [f"{own}_KEY_FOR_{source.upper()}" for source in runtime.service.hears if source not in has]
    if wanted:
        raise click.ClickException(f"missing, and not in DATA_DIR/secrets: {', '.join(wanted)}")


def _consumer(runtime: Any, source: str) -> Any:
    from shared.events.consumer import SourceConsumer
    from shared.events.subscription import Subscription

    if source not in runtime.peers:
        raise click.ClickException(f"{runtime.service.name} does not hear {source}")
    subscription = Subscription(runtime.environment.bus_url, runtime.service.name, source)
    return SourceConsumer(runtime, source, runtime.peers[source], subscription)


def _retry(runtime: Any, parked_id: int | None, everything: bool) -> int:
    from shared.events.parking import all_parked

    if parked_id is None and not everything:
        raise click.ClickException("say which: a number of `parked list`, or --all")
    with runtime.database.reader() as session:
        rows = [(r.source, r.subject) for r in all_parked(session) if everything or r.id == parked_id]
    if not rows and parked_id is not None:
        raise click.ClickException(f"nothing parked has the number {parked_id}")
    return sum(
        _consumer(runtime, source).retry(subject) for source, subject in dict.fromkeys(rows) if source in runtime.peers
    )


for _name in names():
    main.add_command(_service_group(_name))


if __name__ == "__main__":
    main()
