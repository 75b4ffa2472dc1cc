"""The first administrator of a new installation, made by whoever runs the machine."""

from __future__ import annotations

import sys

import click

from services.reception.staff import actions, queries
from shared.db import reader
from shared.events import GROUP
from shared.http.problems import Problem, document

ADMINISTRATOR = "system_admin"


@click.group()
def administrator() -> None:
    """People who may do everything for the whole group."""


@administrator.command()
@click.option("--user", prompt="User name", help="the name to sign in by")
@click.option("--label", prompt="Name to show", help="what colleagues read")
@click.option("--another", is_flag=True, help="although there is one already")
@click.pass_obj
def create(service_context: object, user: str, label: str, another: bool) -> None:
    """Make one; the password is asked for, or read from standard input when that is no terminal."""
    with service_context("reception"):  # type: ignore[operator]
        if not another:
            with reader() as session:
                if queries.somebody_is(session, ADMINISTRATOR, GROUP):
                    raise click.ClickException("there is one already; say --another to make one more")
        try:
            actions.join(label, GROUP, [ADMINISTRATOR], user, _password())
        except Problem as problem:
            told = document(problem)
            reasons = [error["detail"] for error in told.get("errors", ())] or [told["detail"]]
            raise click.ClickException("; ".join(reasons)) from None
    click.echo(f"{user} may sign in at /reception/sign-in")


def _password() -> str:
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, confirmation_prompt=True)
    # One line end belongs to the pipe; everything else is the password.
    return sys.stdin.readline().rstrip("\r\n")


GROUPS = (administrator,)
