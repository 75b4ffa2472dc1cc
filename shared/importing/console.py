"""An import from the command line: the same job as by API, done here unless a running worker takes it first."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from shared import clock, files, jobs
from shared.access import SYSTEM, acting_as
from shared.db import every_branch, reader
from shared.http.problems import Problem, document
from shared.ids import uuid7
from shared.importing.upload import keep
from shared.jobs.model import OPEN_STATES, WAITING
from shared.runtime import Runtime, runtime

LOOK_SECONDS = 0.2
FIRST_CHANCE_SECONDS = 1.5
SHOWN_ERRORS = 20


def language() -> str:
    """The language of the terminal: Chinese where the locale says so."""
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if said.lower().startswith("zh") else "en"


@contextmanager
def said_to_the_operator(here: Runtime) -> Iterator[None]:
    """Turn a problem into lines on the terminal and exit code 1."""
    try:
        yield
    except Problem as problem:
        # Problems are worded for a request's language: the terminal's stands in for it.
        with here.app.test_request_context(headers={"Accept-Language": language()}):
            told = document(problem)
        faults = "".join(f"\n  {error['pointer']}: {error['detail']}" for error in told.get("errors", []))
        raise click.ClickException(f"{told['title']}: {told['detail']}{faults}") from None


def keep_file(path: Path) -> str:
    """Keep the list where workers find it, so that one of them can go on when we are killed; returns the file's id."""
    with path.open("rb") as stream:
        return keep(stream, f"{files.UPLOAD}{uuid7()}", limit=path.stat().st_size + 1)


def follow(here: Runtime, job_id: str, console: Console) -> Any:
    """Do the job, or watch whoever does it, with a progress bar; returns its row once it has ended.

    Control-C gives the job back: a worker, or the next call, goes on from where it stands.
    """
    stop = threading.Event()
    # A running worker rings its relay within the process and is several times faster: it gets the first chance.
    began = clock.monotonic()
    while _look(job_id).state == WAITING and clock.monotonic() - began < FIRST_CHANCE_SECONDS:
        stop.wait(LOOK_SECONDS)
    worker = _start(here, job_id, stop)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=not console.is_terminal) as bar:
            task = bar.add_task("waiting", total=None)
            while True:
                job = _look(job_id)
                phase = (job.result or {}).get("phase") or job.state
                bar.update(task, description=phase, completed=job.progress, total=job.total)
                if job.state not in OPEN_STATES:
                    return job
                worker.join(LOOK_SECONDS)
                if not worker.is_alive():
                    # Somebody else has it, or it waits for its next try.
                    stop.wait(LOOK_SECONDS)
                    worker = _start(here, job_id, stop)
    finally:
        stop.set()
        worker.join(10)


def _start(here: Runtime, job_id: str, stop: threading.Event) -> threading.Thread:
    def work() -> None:
        with here.app.app_context():
            jobs.run_due(1, long=True, job_id=job_id, stop=stop)

    worker = threading.Thread(target=work, name="import", daemon=True)
    worker.start()
    return worker


def _look(job_id: str) -> Any:
    with every_branch(), acting_as(SYSTEM), reader() as session:
        job = jobs.get(session, job_id)
    if job is None:
        raise click.ClickException("the job is gone")
    return job


def report(job: Any, console: Console, errors: Path | None) -> bool:
    """Print what came of the import; True when it succeeded. ``errors``: where to write everything that was wrong."""
    said, result, failed = language(), job.result or {}, job.error or {}
    found = failed.get("errors") or result.get("errors") or []
    if found:
        table = Table("row", "column", "", title=None)
        for error in found[:SHOWN_ERRORS]:
            table.add_row(str(error["row"] or ""), error["column"] or "", error["detail"][said])
        console.print(table)
        more = (failed.get("error_count") or result.get("error_count") or 0) - len(found[:SHOWN_ERRORS])
        if more > 0:
            console.print(f"and {more} more (--errors FILE writes all of them)")
    if errors is not None and result.get("file_id"):
        with every_branch(), reader() as session:
            errors.write_bytes(files.path_of(session, result["file_id"]).read_bytes())
    if job.state != "done":
        detail = runtime().wording.happening(failed, said) or job.state
        console.print(f"{job.state}: {detail}", style="red", highlight=False)
        return False
    words = "would be added" if result["dry_run"] else "added"
    console.print(
        f"{result['added']} {words}, {result['unchanged']} there already, {result['different']} there but different,"
        f" {result['wrong_rows']} wrong",
        highlight=False,
    )
    return True
