"""what became of an activity: when it was made and ends, its outcome, and how a call went

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("activity") as activity:
        activity.add_column(sa.Column("made", sa.DateTime(timezone=True)))
        activity.add_column(sa.Column("ends", sa.DateTime(timezone=True)))
        activity.add_column(sa.Column("outcome", sa.String()))
        activity.add_column(sa.Column("disposition", sa.String()))


def downgrade() -> None:
    with op.batch_alter_table("activity") as activity:
        for column in ("disposition", "outcome", "ends", "made"):
            activity.drop_column(column)
