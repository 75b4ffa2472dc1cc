"""How a command gets into a service: its settings, its app context, its rights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click


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
