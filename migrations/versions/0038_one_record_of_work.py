"""one record of work: who asked for a run, how far it is, why it ended so; the audit log only grows

Revision: 0038, after 0037
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

OPEN = sa.text("finished_at IS NULL")
NAME = re.compile(r"\b[a-z]\w*\.\w+/[^\s,;]+")  # system.stream/id
STAMP = sa.DateTime(timezone=True)

# What people asked for becomes a run in its place. One that ended well left a run of its own.
RUNS = """
INSERT INTO run (verb, scope, actor, asked_at, started_at, finished_at, outcome, exit_code, counts, error)
SELECT verb, scope, actor, asked_at, started_at, finished_at, outcome,
  CASE outcome WHEN 'done' THEN 0 WHEN 'incomplete' THEN 3 WHEN 'unsafe' THEN 4 WHEN 'stopped' THEN 130
    WHEN 'broken off' THEN 3 WHEN 'failed' THEN 1 END, counts, error
FROM (
  SELECT verb, '{}' AS scope, '' AS actor, NULL AS asked_at, started_at, finished_at, outcome, counts, error,
    started_at AS at, 0 AS waits FROM run_before
  UNION ALL
  SELECT verb, options, actor, at, NULL, done_at, CASE WHEN done_at IS NOT NULL THEN 'failed' END, '{}',
    CASE WHEN done_at IS NOT NULL THEN substr(outcome, 9) END, at, CASE WHEN done_at IS NULL THEN 1 ELSE 0 END
  FROM request WHERE done_at IS NULL OR outcome LIKE 'failed: %'
) AS everything ORDER BY waits, at
"""

ONLY_GROWS = "the audit log only grows: no line is changed or taken away"
TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER audit_log_keeps_{verb} BEFORE {verb} ON audit_log "
        f"BEGIN SELECT RAISE(ABORT, '{ONLY_GROWS}'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{ONLY_GROWS}'; END $$",
        "CREATE TRIGGER audit_log_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows()",
    ],
}
WITHOUT = {
    "sqlite": [f"DROP TRIGGER audit_log_keeps_{verb}" for verb in ("UPDATE", "DELETE")],
    "postgresql": ["DROP TRIGGER audit_log_keeps ON audit_log", "DROP FUNCTION audit_log_only_grows()"],
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.rename_table("run", "run_before")
    if dialect == "postgresql":
        op.execute(sa.text("ALTER TABLE run_before RENAME CONSTRAINT pk_run TO pk_run_before"))
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("actor", sa.String(), nullable=False, server_default=sa.text("''")),
        *(sa.Column(name, STAMP) for name in ("asked_at", "started_at", "heartbeat_at", "finished_at")),
        sa.Column("phase", sa.String()),
        sa.Column("done", sa.Integer()),
        sa.Column("total", sa.Integer()),
        sa.Column("cancel_asked_at", STAMP),
        sa.Column("cancel_by", sa.String()),
        sa.Column("outcome", sa.String()),
        sa.Column("exit_code", sa.Integer()),
        sa.Column("counts", sa.Text(), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("causes", sa.Text(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_open", "run", ["id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.execute(
        sa.text(
            RUNS.replace(
                "NULL AS asked_at",
                "CAST(NULL AS timestamptz) AS asked_at" if dialect == "postgresql" else "NULL AS asked_at",
            )
        )
    )
    op.drop_table("run_before")
    op.drop_table("request")
    _name_apart()
    for statement in TRIGGERS[dialect]:
        op.execute(sa.text(statement))


def _name_apart() -> None:
    """The records that lines of the audit log name stand beside them from now on, where they can be forgotten."""
    op.create_table(
        "audit_mention",
        sa.Column("audit_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit_log.id"], name="fk_audit_mention_audit_id"),
        sa.PrimaryKeyConstraint("audit_id", "place", name="pk_audit_mention"),
    )
    op.create_index("ix_audit_mention_name", "audit_mention", ["name"])
    connection = op.get_bind()
    for line in connection.execute(sa.text("SELECT id, detail FROM audit_log WHERE detail LIKE '%/%'")).all():
        names = NAME.findall(line.detail)
        detail = line.detail
        for place, name in enumerate(names):
            detail = detail.replace(name, f"{{{place}}}", 1)
            values = {"id": line.id, "place": place, "name": name}
            connection.execute(sa.text("INSERT INTO audit_mention VALUES (:id, :place, :name)"), values)
        if names:
            values = {"id": line.id, "detail": detail}
            connection.execute(sa.text("UPDATE audit_log SET detail = :detail WHERE id = :id"), values)


def downgrade() -> None:
    for statement in WITHOUT[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))
    op.drop_table("audit_mention")
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", STAMP, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("done_at", STAMP),
        sa.Column("outcome", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_request"),
    )
    waiting = "started_at IS NULL AND finished_at IS NULL"
    op.execute(
        sa.text(
            "INSERT INTO request (at, actor, verb, options) "
            f"SELECT asked_at, actor, verb, scope FROM run WHERE {waiting} ORDER BY id"
        )
    )
    op.execute(sa.text("DELETE FROM run WHERE started_at IS NULL"))
    op.drop_index("ix_run_open", "run")
    for name in ("scope", "actor", "asked_at", "heartbeat_at", "phase", "done", "total"):
        op.drop_column("run", name)
    for name in ("cancel_asked_at", "cancel_by", "exit_code", "causes"):
        op.drop_column("run", name)
