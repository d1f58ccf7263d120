"""who waits for a rep, and who was handed over

Revision: 0024, after 0023. Tasks that were written before there was a queue were handed over in the week of their
writing; those that were never sent wait in the queue.
"""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

PERSON = (
    ("key", sa.String()),
    ("kind", sa.String()),
    ("account_id", sa.String()),
    ("contact_id", sa.String()),
)


def upgrade() -> None:
    stamp = sa.DateTime(timezone=True)
    op.create_table(
        "candidate",
        *(sa.Column(name, kind, nullable=False) for name, kind in PERSON),
        sa.Column("offer", sa.String()),
        sa.Column("rep", sa.String()),
        sa.Column("team", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("rank", sa.Float(), nullable=False),
        sa.Column("since", stamp, nullable=False),
        sa.Column("at_once", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("entered", stamp, nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("week", sa.Date()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("returned_at", stamp),
        sa.PrimaryKeyConstraint("key", name="pk_candidate"),
    )
    op.create_table(
        "released",
        *(sa.Column(name, kind, nullable=False) for name, kind in PERSON),
        sa.Column("offer", sa.String()),
        sa.Column("rep", sa.String()),
        sa.Column("team", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("at", stamp, nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_released"),
    )
    for table in ("candidate", "released"):
        for column in ("account_id", "contact_id"):
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_released_rep_week", "released", ["rep", "week"])
    _hand_over_what_was_written(stamp)
    op.execute(sa.text("UPDATE account SET stale = true"))  # judged anew, whoever has no task yet waits


def _hand_over_what_was_written(stamp: sa.DateTime) -> None:
    columns = ("key", "account_id", "wanted", "sent", "sent_at", "object", "sent_digest", "uncertain")
    wish = sa.table("wish", *(sa.column(name) for name in columns))
    wish.c.sent_at.type, wish.c.uncertain.type = stamp, sa.Boolean()
    written = sa.or_(wish.c.sent_digest != "", wish.c.uncertain.is_(True))
    tasks = sa.select(wish).where(wish.c.object == "task", wish.c.account_id.is_not(None), written)
    released = sa.table(
        "released",
        *(sa.column(name, kind) for name, kind in PERSON),
        sa.column("rep", sa.String()),
        sa.column("at", stamp),
        sa.column("week", sa.Date()),
        sa.column("how", sa.String()),
    )
    rows = [_row(task) for task in op.get_bind().execute(tasks)]
    if rows:
        op.bulk_insert(released, rows)


def _row(task: sa.Row) -> dict[str, object]:
    purpose, _, contact_id = task.key.partition("/")
    is_question = purpose == "offer"  # it is about an opportunity, not about a person
    at = task.sent_at or datetime.now(UTC)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    fields = json.loads(task.sent) or json.loads(task.wanted)
    owner = fields.get("owner")
    return {
        "key": task.key,
        "kind": "question" if is_question else purpose.partition("-")[0],
        "account_id": task.account_id,
        "contact_id": "" if is_question else contact_id,
        "rep": owner["ref"][1] if isinstance(owner, dict) else None,
        "at": at,
        "week": at.date() - timedelta(days=at.weekday()),
        "how": "before",
    }


def downgrade() -> None:
    op.drop_table("released")
    op.drop_table("candidate")
