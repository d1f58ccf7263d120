"""Everything that the store has about a person, an account or a record, as plain JSON values, table by table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Table, or_, select

from syncd.model.references import RemoteRef
from syncd.store.conditions import is_named
from syncd.store.somebody import PLACES, Somebody, somebody_of
from syncd.tables import core
from syncd.tables.columns import is_json, metadata


def export_person(connection: Connection, contact_id: str) -> dict[str, Any]:
    """A person: the rows about them in each table, who did what with them by hand, and their part of the judgement."""
    who = somebody_of(connection, contact_id)
    tables = {name: rows for name in PLACES if (rows := rows_about(connection, name, who))}
    lines = [row["audit_id"] for row in tables.get("audit_mention", ())]
    if lines:
        tables["audit_log"] = _rows(connection, core.audit_log, core.audit_log.c.id.in_(lines))
    return {"person": contact_id, "names": list(who.names), "judgement": _judged(connection, who), "tables": tables}


def rows_about(connection: Connection, table: str, who: Somebody) -> list[dict[str, Any]]:
    """The rows of a table that are about somebody."""
    return _rows(connection, metadata.tables[table], PLACES[table].holds(connection, who))


def export_account(connection: Connection, account_id: str) -> dict[str, Any]:
    """An account: its own rows, its opportunities with all that hangs on them, and each of its people."""
    opportunities = select(core.opportunity.c.id).where(core.opportunity.c.account_id == account_id)
    on_them = [(table, table.c.opportunity_id) for table in _OF_OPPORTUNITIES]
    links = _rows(connection, core.link, _of(core.link, account_id))
    refs = [RemoteRef(row["system"], row["stream"], row["remote_id"]) for row in links]
    refs += [RemoteRef.read(one) for one in connection.execute(opportunities).scalars()]
    tables = {
        "account": _rows(connection, core.account, core.account.c.id == account_id),
        "link": links,
        **{table.name: _rows(connection, table, _of(table, account_id)) for table in (core.identifier, core.alias)},
        **{table.name: _rows(connection, table, table.c.account_id == account_id) for table in _OF_ACCOUNTS},
        **{table.name: _rows(connection, table, column.in_(opportunities)) for table, column in on_them},
        **{table.name: _named(connection, table, refs) for table in (core.source_record, core.quarantine)},
    }
    people = select(core.contact.c.id).where(core.contact.c.account_id == account_id).order_by(core.contact.c.id)
    return {
        "account": account_id,
        "tables": {name: rows for name, rows in tables.items() if rows},
        "people": [export_person(connection, one) for one in connection.execute(people).scalars().all()],
    }


def export_record(connection: Connection, ref: RemoteRef) -> dict[str, Any]:
    """A record that is nobody's: how it came, what stands beside it, and what it became."""
    name = str(ref)
    of_itself = {
        table.name: _rows(connection, table, table.c.id == name)
        for table in (core.opportunity, core.campaign, core.stage_change, core.line_item, core.campaign_member)
    }
    beside = {
        table.name: _named(connection, table, [ref])
        for table in (core.source_record, core.quarantine, core.waiting, core.link, core.activity)
    }
    said = {"verdict": _rows(connection, core.verdict, core.verdict.c.ref == name)}
    return {"record": name, "tables": {table: rows for table, rows in {**of_itself, **beside, **said}.items() if rows}}


_OF_ACCOUNTS = (core.judgement, core.opportunity, core.wish, core.milestone, core.candidate, core.released, core.gap)
_OF_OPPORTUNITIES = (core.stage_change, core.line_item, core.contact_role, core.answer)


def _of(table: Table, account_id: str) -> ColumnElement[bool]:
    column = table.c.new_id if table is core.alias else table.c.golden_id
    condition: ColumnElement[bool] = (table.c.kind == "account") & (column == account_id)
    return condition


def _named(connection: Connection, table: Table, refs: Iterable[RemoteRef]) -> list[dict[str, Any]]:
    conditions = [is_named(table, ref) for ref in refs]
    return _rows(connection, table, or_(*conditions)) if conditions else []


def _rows(connection: Connection, table: Table, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    statement = select(table).where(condition).order_by(*table.primary_key)
    return [
        {name: _parsed(table.c[name], value) for name, value in row.items() if value is not None}
        for row in connection.execute(statement).mappings()
    ]


def _parsed(column: Column[Any], value: Any) -> Any:
    """JSON that is kept as text, as JSON."""
    if not is_json(column):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def _judged(connection: Connection, who: Somebody) -> Any:
    """What is said of somebody in the judgement of their account; None where nothing is."""
    home = select(core.contact.c.account_id).where(core.contact.c.id == who.contact_id).scalar_subquery()
    body = connection.scalar(select(core.judgement.c.body).where(core.judgement.c.account_id == home))
    contacts = orjson.loads(body).get("contacts", []) if body else []
    return next((one for one in contacts if one.get("contact_id") == who.contact_id), None)
