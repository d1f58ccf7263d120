"""the ledger

Revision: 0001, the first
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("domain", sa.String(), nullable=True),
        sa.Column("street", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("postal_code", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("codes", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("codes_ambiguous", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("employees", sa.String(), nullable=True),
        sa.Column("annual_revenue", sa.String(), nullable=True),
        sa.Column("total_assets", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("relation", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("registers", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_owner"), ["owner"], unique=False)
        batch_op.create_index(
            "ix_account_stale", ["id"], unique=False, sqlite_where=sa.text("stale"), postgresql_where=sa.text("stale")
        )

    op.create_table(
        "agreement_version",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_agreement_version")),
    )
    op.create_table(
        "alias",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("old_id", sa.String(), nullable=False),
        sa.Column("new_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "old_id", name=op.f("pk_alias")),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_new_id"), ["new_id"], unique=False)

    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_table(
        "contact_role",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("opportunity_id", sa.String(), nullable=True),
        sa.Column("contact_id", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_role")),
    )
    with op.batch_alter_table("contact_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_role_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_role_opportunity_id"), ["opportunity_id"], unique=False)

    op.create_table(
        "cursor",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("system", "stream", name=op.f("pk_cursor")),
    )
    op.create_table(
        "identifier",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("golden_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "how", "value", "golden_id", name=op.f("pk_identifier")),
    )
    with op.batch_alter_table("identifier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identifier_golden_id"), ["golden_id"], unique=False)

    op.create_table(
        "link",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("golden_id", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("manual", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("system", "stream", "remote_id", name=op.f("pk_link")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index("ix_link_kind_golden_id", ["kind", "golden_id"], unique=False)

    op.create_table(
        "note",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_note")),
    )
    op.create_table(
        "quarantine",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("system", "stream", "remote_id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("options", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("counts", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_table(
        "seen",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("system", "stream", "remote_id", name=op.f("pk_seen")),
    )
    op.create_table(
        "source_record",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("unmatched", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("system", "stream", "remote_id", name=op.f("pk_source_record")),
    )
    with op.batch_alter_table("source_record", schema=None) as batch_op:
        batch_op.create_index(
            "ix_source_record_unmatched",
            ["system", "stream", "remote_id"],
            unique=False,
            sqlite_where=sa.text("unmatched"),
            postgresql_where=sa.text("unmatched"),
        )

    op.create_table(
        "stage_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("opportunity_id", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("probability", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("close_date", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_change")),
    )
    with op.batch_alter_table("stage_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_change_opportunity_id"), ["opportunity_id"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
    )
    op.create_table(
        "waiting",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("ref", "system", "stream", "remote_id", name=op.f("pk_waiting")),
    )
    op.create_table(
        "wish",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("wanted_digest", sa.String(), nullable=False),
        sa.Column("sent", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("sent_digest", sa.String(), server_default=sa.text("('')"), nullable=False),
        sa.Column("once", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=True),
        sa.Column("acknowledged", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("touched", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("unread", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("uncertain", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("system", "object", "key", name=op.f("pk_wish")),
    )
    with op.batch_alter_table("wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wish_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            "ix_wish_pending",
            ["system", "object", "key"],
            unique=False,
            sqlite_where=sa.text("sent_digest <> wanted_digest"),
            postgresql_where=sa.text("sent_digest <> wanted_digest"),
        )
        batch_op.create_index("ix_wish_remote_id", ["system", "object", "remote_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("first_name", sa.String(), nullable=True),
        sa.Column("last_name", sa.String(), nullable=True),
        sa.Column("emails", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("opted_out", sa.Boolean(), nullable=True),
        sa.Column("bounced", sa.Boolean(), nullable=True),
        sa.Column("relation", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("lifecycle", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_account_id"), ["account_id"], unique=False)

    op.create_table(
        "judgement",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=True),
        sa.Column("mqls", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("opportunities", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_judgement_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_judgement")),
    )
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judgement_review_on"), ["review_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_judgement_standing"), ["standing"], unique=False)

    op.create_table(
        "opportunity",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("offer", sa.String(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("probability", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("close_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("is_closed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_won", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("touched", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_opportunity_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunity")),
    )
    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opportunity_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_opportunity_key"), ["key"], unique=False)

    op.create_table(
        "activity",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.String(), nullable=True),
        sa.Column("by_us", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("selling", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_activity_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index("ix_activity_source", ["system", "stream", "remote_id"], unique=False)

    op.create_table(
        "campaign_member",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("campaign_id", sa.String(), nullable=True),
        sa.Column("contact_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("responded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_campaign_member_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_member")),
    )
    with op.batch_alter_table("campaign_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_member_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_member_contact_id"), ["contact_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("campaign_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_member_contact_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_member_campaign_id"))

    op.drop_table("campaign_member")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index("ix_activity_source")
        batch_op.drop_index(batch_op.f("ix_activity_contact_id"))

    op.drop_table("activity")
    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opportunity_key"))
        batch_op.drop_index(batch_op.f("ix_opportunity_account_id"))

    op.drop_table("opportunity")
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judgement_standing"))
        batch_op.drop_index(batch_op.f("ix_judgement_review_on"))

    op.drop_table("judgement")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_account_id"))

    op.drop_table("contact")
    with op.batch_alter_table("wish", schema=None) as batch_op:
        batch_op.drop_index("ix_wish_remote_id")
        batch_op.drop_index(
            "ix_wish_pending",
            sqlite_where=sa.text("sent_digest <> wanted_digest"),
            postgresql_where=sa.text("sent_digest <> wanted_digest"),
        )
        batch_op.drop_index(batch_op.f("ix_wish_account_id"))

    op.drop_table("wish")
    op.drop_table("waiting")
    op.drop_table("user")
    with op.batch_alter_table("stage_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_change_opportunity_id"))

    op.drop_table("stage_change")
    with op.batch_alter_table("source_record", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_source_record_unmatched", sqlite_where=sa.text("unmatched"), postgresql_where=sa.text("unmatched")
        )

    op.drop_table("source_record")
    op.drop_table("seen")
    op.drop_table("run")
    op.drop_table("request")
    op.drop_table("quarantine")
    op.drop_table("note")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index("ix_link_kind_golden_id")

    op.drop_table("link")
    with op.batch_alter_table("identifier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identifier_golden_id"))

    op.drop_table("identifier")
    op.drop_table("cursor")
    with op.batch_alter_table("contact_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_role_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_contact_role_contact_id"))

    op.drop_table("contact_role")
    op.drop_table("campaign")
    op.drop_table("audit_log")
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alias_new_id"))

    op.drop_table("alias")
    op.drop_table("agreement_version")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index("ix_account_stale", sqlite_where=sa.text("stale"), postgresql_where=sa.text("stale"))
        batch_op.drop_index(batch_op.f("ix_account_owner"))

    op.drop_table("account")
