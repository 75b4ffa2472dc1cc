"""A piece of work sees the rows of its branch and writes into it; without a branch it sees nothing, and raises."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, exists, func, insert, select, text, update
from sqlalchemy.orm import aliased, joinedload, selectinload

from shared.db import (
    Database,
    ForeignBranch,
    NoBranch,
    ScopeChanged,
    branch_scope,
    current_branch,
    current_scope,
    every_branch,
)
from tests.shared.db.tables import Shed, Tool, Word

pytestmark = pytest.mark.usefixtures("two_branches")

OTHER_SHED = aliased(Shed)
SELECTS: dict[str, Any] = {
    "a table": select(Tool.name),
    "an entity": select(Tool).with_only_columns(Tool.name),
    "an alias": select(aliased(Tool).name),
    "a join from a group-wide table": (
        select(Tool.name).select_from(Word).join(Shed, Shed.id == Word.shed_id).join(Tool)
    ),
    "a join to an alias": (
        select(Tool.name).join(OTHER_SHED, OTHER_SHED.id == Tool.shed_id).where(OTHER_SHED.id.in_([1, 2]))
    ),
    "a subquery": select(select(Tool.name).subquery().c.name),
    "a cte": select(select(Tool.name).cte().c.name),
    "a union": select(Tool.name).where(Tool.id == 1).union_all(select(Tool.name).where(Tool.id != 1)),
}


@pytest.mark.parametrize("form", SELECTS)
def test_every_form_of_select_sees_the_own_branch_only(database: Database, form: str) -> None:
    with branch_scope("bj"), database.reader() as session:
        assert session.execute(SELECTS[form]).scalars().all() == ["saw"]
    with every_branch(), database.reader() as session:
        assert len(session.execute(SELECTS[form]).all()) == 3


@pytest.mark.parametrize("form", SELECTS)
def test_without_a_branch_every_form_of_select_raises(database: Database, form: str) -> None:
    with database.reader() as session, pytest.raises(NoBranch):
        session.execute(SELECTS[form])


def test_conditions_on_other_branches_rows_do_not_hold(database: Database) -> None:
    with branch_scope("bj"), database.reader() as session:
        having = select(Word.text).where(exists().where(Shed.id == Word.shed_id))
        assert session.scalars(having).all() == ["of bj"]
        assert session.scalars(select(Word.text).where(Word.shed_id.in_(select(Shed.id)))).all() == ["of bj"]
        assert session.scalar(select(func.count()).select_from(Tool)) == 1
        assert session.scalar(select(Shed).where(Shed.branch_id == "sh")) is None


def test_relations_lead_to_the_own_branch_only(database: Database) -> None:
    for options in ((), (selectinload(Shed.tools),), (joinedload(Shed.tools),)):
        with branch_scope("bj"), database.reader() as session:
            shed = session.execute(select(Shed).options(*options)).unique().scalar_one()
            assert [tool.name for tool in shed.tools] == ["saw"]


def test_a_row_of_another_branch_is_not_found_by_its_key(database: Database) -> None:
    with branch_scope("bj"), database.reader() as session:
        assert session.get(Shed, 1) is not None
        assert session.get(Shed, 2) is None


def test_group_wide_tables_need_no_branch(database: Database) -> None:
    with database.reader() as session:
        assert len(session.scalars(select(Word)).all()) == 2


def test_update_and_delete_reach_the_own_branch_only(database: Database) -> None:
    with branch_scope("bj"), database.transaction() as session:
        assert session.execute(update(Tool).values(name="new")).rowcount == 1
        assert session.execute(delete(Tool)).rowcount == 1
    with every_branch(), database.reader() as session:
        assert session.scalars(select(Tool.name).order_by(Tool.id)).all() == ["axe", "lent"]


@pytest.mark.parametrize("statement", [
    select(Tool.__table__.c.name), update(Tool.__table__).values(name="x"), delete(Tool.__table__),
    select(Word.__table__.c.text).join(Tool.__table__, Tool.__table__.c.id == Word.__table__.c.shed_id),
], ids=["select", "update", "delete", "join"])
def test_a_statement_on_tables_must_name_the_branch(database: Database, statement: Any) -> None:
    with branch_scope("bj"), database.transaction() as session:
        with pytest.raises(NoBranch):
            session.execute(statement)
        session.execute(statement.where(Tool.__table__.c.branch_id == "bj"))


def test_a_statement_written_as_text_must_name_the_branch(database: Database) -> None:
    with branch_scope("bj"), database.transaction() as session:
        with pytest.raises(NoBranch):
            session.execute(text("UPDATE tool SET name = 'x'"))
        assert session.execute(text("UPDATE tool SET name = 'x' WHERE branch_id = 'bj'")).rowcount == 1
        session.execute(text("SELECT text FROM word"))
    with database.reader() as session, pytest.raises(NoBranch):
        session.execute(text("SELECT name FROM tool WHERE branch_id = 'bj'"))


def test_writes_that_no_check_can_see_are_refused(database: Database) -> None:
    with branch_scope("bj"), database.transaction() as session:
        with pytest.raises(NoBranch):
            session.execute(update(Shed), [{"id": 2, "name": "by key"}])
        for unchecked in (session.bulk_insert_mappings, session.bulk_update_mappings):
            with pytest.raises(RuntimeError):
                unchecked(Shed, [{"id": 2, "name": "by key"}])


def test_what_is_pending_belongs_to_the_branch_it_was_made_under(database: Database) -> None:
    with every_branch(), database.transaction() as session:
        for branch, shed in (("bj", 1), ("sh", 2)):
            with branch_scope(branch):
                session.add(Tool(id=shed * 100, shed_id=shed, name="not flushed"))
                session.get(Shed, shed).name = f"of {branch}"
    with every_branch(), database.reader() as session:
        assert session.execute(select(Tool.id, Tool.branch_id).where(Tool.id >= 100).order_by(Tool.id)).all() == [
            (100, "bj"), (200, "sh"),
        ]
        assert session.scalars(select(Shed.name).order_by(Shed.id)).all() == ["of bj", "of sh"]


def test_new_rows_get_the_branch_of_the_work(database: Database) -> None:
    with branch_scope("bj"), database.transaction() as session:
        session.add(Shed(id=11, name="by the session"))
        session.execute(insert(Shed), [{"id": 12, "name": "in bulk"}])
        session.execute(insert(Shed.__table__), {"id": 13, "name": "on the table"})
        session.execute(insert(Shed.__table__).values(id=14, name="inline"))
    with every_branch(), database.reader() as session:
        assert session.scalars(select(Shed.branch_id).where(Shed.id > 10)).all() == ["bj"] * 4


def test_rows_of_another_branch_are_refused_before_they_reach_the_database(database: Database) -> None:
    foreign = {"id": 20, "name": "foreign", "branch_id": "sh"}
    writes: list[Any] = [
        lambda session: (session.add(Shed(**foreign)), session.flush()),
        lambda session: session.execute(insert(Shed), [foreign]),
        lambda session: session.execute(insert(Shed.__table__), foreign),
        lambda session: session.execute(insert(Shed.__table__).values(**foreign)),
        lambda session: session.execute(insert(Shed.__table__).values([foreign])),
        lambda session: session.execute(update(Shed).where(Shed.id == 1).values(branch_id="sh")),
        lambda session: session.execute(
            update(Shed.__table__).where(Shed.__table__.c.branch_id == "bj").values(branch_id="sh")
        ),
        lambda session: (setattr(session.get(Shed, 1), "branch_id", "sh"), session.flush()),
    ]
    for write in writes:
        with pytest.raises(ForeignBranch), branch_scope("bj"), database.transaction() as session:
            write(session)


def test_without_a_branch_nothing_is_written(database: Database) -> None:
    writes: list[Any] = [
        lambda session: (session.add(Shed(id=30, name="x")), session.flush()),
        lambda session: (session.add(Shed(id=30, name="x", branch_id="bj")), session.flush()),
        lambda session: session.execute(insert(Shed), [{"id": 30, "name": "x", "branch_id": "bj"}]),
        lambda session: session.execute(insert(Shed.__table__), {"id": 30, "name": "x", "branch_id": "bj"}),
        lambda session: session.execute(update(Tool).values(name="x")),
    ]
    for write in writes:
        with pytest.raises(NoBranch), database.transaction() as session:
            write(session)
    with pytest.raises(NoBranch), every_branch(), database.transaction() as session:
        session.execute(insert(Shed.__table__), {"id": 30, "name": "a branch is not guessed"})


def test_the_branch_cannot_change_inside_a_transaction(database: Database) -> None:
    with branch_scope("bj"), database.reader():
        with branch_scope("bj"):
            assert current_branch() == "bj"
        for change in (branch_scope("sh"), every_branch()):
            with pytest.raises(ScopeChanged), change:
                pass
        assert current_branch() == "bj"
    with database.reader(), pytest.raises(ScopeChanged), branch_scope("bj"):
        pass


def test_a_transaction_used_outside_its_branch_raises(database: Database) -> None:
    scope = branch_scope("bj")
    scope.__enter__()
    with database.transaction() as session:
        scope.__exit__(None, None, None)
        with pytest.raises(ScopeChanged):
            session.execute(select(Shed))
        with pytest.raises(ScopeChanged), database.transaction():
            pass
        scope = branch_scope
    assert current_scope() is None


def test_the_groups_transaction_may_narrow_to_one_branch_after_another(database: Database) -> None:
    with every_branch(), database.transaction() as session:
        held = session.scalars(select(Shed)).all()
        assert len(held) == 2
        for branch, shed in (("bj", 1), ("sh", 2)):
            with branch_scope(branch):
                assert session.scalars(select(Shed.id)).all() == [shed]
                assert session.get(Shed, 3 - shed) is None, "held by the session already, and still another branch's"
                session.add(Tool(id=shed * 100, shed_id=shed, name="made here"))
                session.flush()
                with pytest.raises(ForeignBranch):
                    session.execute(insert(Tool.__table__), {"id": 9, "shed_id": 1, "name": "x", "branch_id": "gz"})
        made = dict(session.execute(select(Tool.id, Tool.branch_id).where(Tool.id >= 100)).all())
    assert made == {100: "bj", 200: "sh"}
