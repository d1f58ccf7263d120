"""milestones are read by their stage: the sales cycles ask for three of them

Revision: 0028, after 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_index("ix_milestone_stage_at", "milestone", ["stage", "at"])


def downgrade() -> None:
    op.drop_index("ix_milestone_stage_at", "milestone")
