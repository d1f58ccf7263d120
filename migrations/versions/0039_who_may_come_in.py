"""who may come in: tokens of programs, sessions of people, the local administrator

Revision: 0039, after 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

STAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("right", sa.String(), nullable=False),
        sa.Column("made_at", STAMP, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("expires_at", STAMP, nullable=False),
        sa.Column("used_on", sa.Date()),
        sa.PrimaryKeyConstraint("digest", name="pk_token"),
        sa.UniqueConstraint("name", name="uq_token_name"),
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("right", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("begun_at", STAMP, nullable=False),
        sa.Column("seen_at", STAMP, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )
    op.create_table(
        "administrator",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", STAMP, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_administrator"),
    )


def downgrade() -> None:
    for table in ("administrator", "session", "token"):
        op.drop_table(table)
