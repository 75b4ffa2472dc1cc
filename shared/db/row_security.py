"""PostgreSQL's second lock: a role sees the rows of the branch its transaction named, and none when it named none.

Policies and grants are code: they follow from the models and are applied after every upgrade, by the owner. What is not
secured is not granted either, so a table made by hand is closed, not open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, MetaData, text

# After a transaction the setting is '', not NULL: both mean none.
_BRANCH = "branch_id = nullif(current_setting('app.branch', true), '')"
_VERSION_TABLE = "alembic_version"


def secure(connection: Connection, metadatas: Iterable[MetaData], app_role: str, group_role: str) -> None:
    """Row security, policies, grants for every table of the models. What is right is not touched, nor locked."""
    roles = f"{_name(app_role)}, {_name(group_role)}"
    _run(connection, f"GRANT USAGE ON SCHEMA public TO {roles}")
    # A projection is rebuilt in temporary tables. This right belongs to the database, so a copy of it needs it again.
    database = connection.engine.url.database or ""
    _run(connection, f"GRANT TEMPORARY ON DATABASE {_name(database)} TO {_name(group_role)}")
    for metadata in metadatas:
        for table in metadata.sorted_tables:
            secure_table(connection, table.name, app_role, group_role, scoped=bool(table.info.get("branch_scoped")))
    _run(connection, f"GRANT SELECT ON {_VERSION_TABLE} TO {roles}")
    _run(connection, f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {roles}")


def secure_table(connection: Connection, table: str, app_role: str, group_role: str, *, scoped: bool) -> None:
    """The same for one table, also for one that is built beside another to take its place (a rebuilt projection)."""
    expected = _expected(app_role, group_role)
    if scoped and _mark(connection, table) != expected:
        for statement in _policies(_name(table), _name(app_role), _name(group_role), _literal(expected)):
            _run(connection, statement)
    wanted = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    for role in (app_role, group_role):
        if not wanted <= _granted(connection, table, role):
            _run(connection, f"GRANT {', '.join(sorted(wanted))} ON {_name(table)} TO {_name(role)}")


def unsecured(connection: Connection, metadatas: Iterable[MetaData], app_role: str, group_role: str) -> list[str]:
    """Everything that would let a branch's work past its branch; empty when all is right (``doctor``, S11)."""
    found = []
    rows = connection.execute(
        text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname IN (:app, :group)"),
        {"app": app_role, "group": group_role},
    )
    found += [f"role {row.rolname} passes row security" for row in rows if row.rolsuper or row.rolbypassrls]
    tables = {
        row.relname: row
        for row in connection.execute(text(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) AS owner"
            " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        ))
    }
    found += [f"{name} is owned by {row.owner}" for name, row in tables.items() if row.owner in (app_role, group_role)]
    # A view reads as its owner unless it says otherwise, and the owner sees every branch.
    found += [
        f"view {name} reads with its owner's rights"
        for name in connection.execute(text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
            " AND NOT (relkind = 'v' AND 'security_invoker=true' = ANY (coalesce(reloptions, '{}')))"
        )).scalars()
    ]
    for metadata in metadatas:
        for table in metadata.sorted_tables:
            row = tables.get(table.name)
            if table.info.get("branch_scoped") and row is not None:
                if not (row.relrowsecurity and row.relforcerowsecurity):
                    found.append(f"{table.name} has no forced row security")
                if _mark(connection, table.name) != _expected(app_role, group_role):
                    found.append(f"{table.name} has not our policies")
    return found


def _policies(table: str, app_role: str, group_role: str, mark: str) -> Sequence[str]:
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS own_branch ON {table}",
        f"DROP POLICY IF EXISTS every_branch ON {table}",
        f"DROP POLICY IF EXISTS migrating ON {table}",
        f"CREATE POLICY own_branch ON {table} TO {app_role} USING ({_BRANCH}) WITH CHECK ({_BRANCH})",
        f"CREATE POLICY every_branch ON {table} TO {group_role} USING (true) WITH CHECK (true)",
        # Forced security binds the owner too: without this a migration's UPDATE would silently find no rows.
        f"CREATE POLICY migrating ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"COMMENT ON POLICY own_branch ON {table} IS {mark}",
    )


def _expected(app_role: str, group_role: str) -> str:
    """Written on the policy: the next upgrade sees that it is right without a lock. Counted up when policies change."""
    return f"yingbin 2 {app_role} {group_role}"


def _mark(connection: Connection, table: str) -> Any:
    return connection.execute(
        text(
            "SELECT obj_description(p.oid, 'pg_policy') FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
            " WHERE p.polname = 'own_branch' AND c.relname = :table AND c.relnamespace = 'public'::regnamespace"
            " AND c.relrowsecurity AND c.relforcerowsecurity"
            " AND EXISTS (SELECT FROM pg_policy o WHERE o.polrelid = c.oid AND o.polname = 'every_branch')"
        ),
        {"table": table},
    ).scalar()


def _granted(connection: Connection, table: str, role: str) -> set[str]:
    return set(connection.execute(
        text(
            "SELECT privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = :role AND table_schema = 'public' AND table_name = :table"
        ),
        {"role": role, "table": table},
    ).scalars())


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
