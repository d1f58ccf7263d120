"""the channels of a contact: which addresses bounced, which mail they opted out of, whether they may be called

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ADDED = {"unsubscribed": sa.Text, "legal_basis": sa.Text, "marketable": sa.Boolean, "do_not_call": sa.Boolean}


def upgrade() -> None:
    for name, kind in ADDED.items():
        listed = name == "unsubscribed"
        op.add_column("contact", sa.Column(name, kind(), nullable=not listed, server_default="[]" if listed else None))
    op.drop_column("contact", "bounced")
    op.add_column("contact", sa.Column("bounced", sa.Text(), nullable=False, server_default="[]"))
    op.execute("DELETE FROM note WHERE name LIKE 'mapping %'")  # which address did is read again, by the next match


def downgrade() -> None:
    op.drop_column("contact", "bounced")
    op.add_column("contact", sa.Column("bounced", sa.Boolean(), nullable=True))
    for name in ADDED:
        op.drop_column("contact", name)
