"""Writes a migration script from the difference between models and database. The script imports nothing of ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.render import _repr_type
from alembic.operations.ops import CreateTableOp
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, TypeDecorator

from shared import clock

if TYPE_CHECKING:
    from shared.db.migrate import Migrations

_OURS = ("shared.", "services.")
_TEMPLATE = '''"""{message}"""

import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}
'''


def render_item(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """Our column types are written as the SQLAlchemy type below: a migration must run when ours are gone."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith(_OURS):
        return _repr_type(item.impl_instance, context)
    return False


def write_revision(migrations: Migrations, connection: Connection, message: str) -> Path | None:
    """Write ``versions/<date>_<number>_<words>.py``; None when there is nothing. The way is forward: no downgrade."""
    context = MigrationContext.configure(
        connection,
        opts={"compare_type": True, "target_metadata": list(migrations.metadatas), "render_item": render_item},
    )
    script = produce_migrations(context, list(migrations.metadatas))  # type: ignore[arg-type]
    if script.upgrade_ops is None or script.upgrade_ops.is_empty():
        return None
    for operation in script.upgrade_ops.ops:
        if isinstance(operation, CreateTableOp):
            operation.info = {}  # what the models say of themselves is no business of a migration
    body = render_python_code(
        script.upgrade_ops, render_as_batch=True, render_item=render_item, migration_context=context
    )
    body = "\n".join(line for line in body.splitlines() if not line.strip().startswith("# ###"))
    today = clock.now().date()
    number = sum(1 for _ in migrations.script.walk_revisions()) + 1
    words = re.sub(r"\W+", "_", message.lower()).strip("_")
    path = migrations.folder / "versions" / f"{today:%Y_%m_%d}_{number:04d}_{words}.py"
    revision = f"{today:%Y%m%d}_{number:04d}"
    text = _TEMPLATE.format(message=message, revision=revision, down=migrations.head(), body=body.strip())
    path.write_text(text, encoding="utf-8")
    return path
