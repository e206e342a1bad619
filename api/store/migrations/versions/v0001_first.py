"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
TENANT, ID, DIGEST, PSEUDONYM = sa.String(64), sa.String(32), sa.String(64), sa.String(32)
DIMENSIONS = ("child_voice", "seen_alone", "analysis", "parental_capacity")

# An UPDATE or DELETE of the audit log fails whoever asks for it, short of the tables' owner removing the trigger.
SQLITE_TRIGGER = (
    "CREATE TRIGGER audit_log_no_{what} BEFORE {what} ON audit_log "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
)
POSTGRESQL_FUNCTION = (
    "CREATE FUNCTION audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
)
POSTGRESQL_TRIGGER = (
    "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_append_only()"
)

# Column names are those of the Standard Safeguarding Dataset's ssd_cp_visits and ssd_cin_visits. What a narrative
# cannot tell (the plan's id, the bedroom) is null. As in the case systems it is filled from, anything but "seen alone"
# is N; where a record does not say, both are null rather than N.
VISITS_VIEW = """
CREATE VIEW {view} AS
SELECT {visit_id} AS {prefix}_visit_id, {tenant} AS tenant, seen.child AS {short}_person_id, {plan}
       scored.contact_date AS {prefix}_visit_date,
       CASE WHEN seen.status IN ('seen_alone', 'seen_not_alone', 'seen_unclear') THEN 'Y'
            WHEN seen.status = 'not_seen' THEN 'N' END AS {prefix}_visit_seen,
       CASE WHEN seen.status = 'seen_alone' THEN 'Y'
            WHEN seen.status IN ('seen_not_alone', 'not_seen') THEN 'N' END AS {prefix}_visit_seen_alone,
       CAST(NULL AS CHAR(1)) AS {prefix}_visit_bedroom
FROM score_events AS scored JOIN seen_events AS seen ON seen.event_id = scored.id
WHERE scored.record_type = 'visit' AND scored.plan = '{plan_word}'
  AND scored.id = (SELECT MAX(later.id) FROM score_events AS later
                   WHERE later.tenant = scored.tenant AND later.text_digest = scored.text_digest)
"""


def _views() -> dict[str, str]:
    visit_id = "CAST(scored.id AS VARCHAR(20)) || '-' || CAST(seen.number AS VARCHAR(10))"
    common = {"visit_id": visit_id, "tenant": "scored.tenant"}
    return {
        "ssd_cp_visits": VISITS_VIEW.format(
            view="ssd_cp_visits",
            prefix="cppv_cp",
            short="cppv",
            plan="CAST(NULL AS VARCHAR(48)) AS cppv_cp_plan_id,",
            plan_word="cp",
            **common,
        ),
        "ssd_cin_visits": VISITS_VIEW.format(
            view="ssd_cin_visits", prefix="cinv_cin", short="cinv", plan="", plan_word="cin", **common
        ),
    }


def upgrade() -> None:
    """Make every table, the guard of the audit log, and the views."""
    op.create_table(
        "store_meta",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "tenant_keys",
        sa.Column("tenant", TENANT, primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", ID, primary_key=True),
        sa.Column("tenant", TENANT, nullable=False, index=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False, unique=True),
        sa.Column("hash", sa.String(200), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("expires", TIME),
        sa.Column("revoked", TIME),
        sa.Column("last_used", TIME),
    )
    op.create_table(
        "audit_log",
        sa.Column("number", SERIAL, primary_key=True, autoincrement=False),
        sa.Column("tenant", TENANT, nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("previous_hash", DIGEST, nullable=False),
        sa.Column("hash", DIGEST, nullable=False, unique=True),
    )
    op.create_table(
        "score_events",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("tenant", TENANT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("text_digest", DIGEST, nullable=False),
        sa.Column("record_type", sa.String(16), nullable=False),
        sa.Column("model_name", sa.String(64), nullable=False),
        sa.Column("model_version", sa.String(32), nullable=False),
        sa.Column("model_sha256", DIGEST, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer()) for name in DIMENSIONS),
        sa.Column("refer", sa.String(64), nullable=False),
        sa.Column("child", PSEUDONYM),
        sa.Column("worker", PSEUDONYM),
        sa.Column("team", PSEUDONYM),
        sa.Column("plan", sa.String(24)),
        sa.Column("contact_date", sa.String(10)),
    )
    op.create_index("ix_score_events_tenant_at", "score_events", ["tenant", "at"])
    op.create_index("ix_score_events_text", "score_events", ["tenant", "text_digest"])
    op.create_table(
        "seen_events",
        sa.Column("event_id", SERIAL, sa.ForeignKey("score_events.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("child", PSEUDONYM),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("refer", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "batches",
        sa.Column("id", ID, primary_key=True),
        sa.Column("tenant", TENANT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("expires", TIME, nullable=False),
        sa.Column("finished", TIME),
        sa.Column("receiving_until", TIME),
        sa.Column("last_claim", TIME),
        sa.Column("options", sa.String(200), nullable=False),
        sa.Column("idempotency", DIGEST),
        sa.Column("fingerprint", DIGEST),
        sa.UniqueConstraint("tenant", "idempotency"),
    )
    op.create_index("ix_batches_tenant_created", "batches", ["tenant", "created"])
    op.create_index("ix_batches_state", "batches", ["state"])
    op.create_table(
        "batch_items",
        sa.Column("batch_id", ID, sa.ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("record", sa.LargeBinary()),
        sa.Column("result", sa.LargeBinary()),
        sa.Column("claim", ID),
        sa.Column("claimed_until", TIME),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    op.create_index("ix_batch_items_state", "batch_items", ["batch_id", "state", "claimed_until"])
    op.create_table(
        "webhooks",
        sa.Column("batch_id", ID, sa.ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.String(40), nullable=False),
        sa.Column("due", TIME, index=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("id", ID, primary_key=True),
        sa.Column("tenant", TENANT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", PSEUDONYM),
        sa.Column("record_id", sa.LargeBinary()),
        sa.Column("text_digest", DIGEST),
        sa.Column("dimension", sa.String(32), nullable=False),
        sa.Column("code", sa.String(64)),
        sa.Column("agree", sa.Boolean(), nullable=False),
        sa.Column("reason_code", sa.String(32)),
        sa.Column("level", sa.Integer()),
    )
    op.create_index("ix_feedback_tenant_at", "feedback", ["tenant", "at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(POSTGRESQL_TRIGGER)
    else:
        for what in ("update", "delete"):
            op.execute(SQLITE_TRIGGER.format(what=what))
    for view in _views().values():
        op.execute(view)


def downgrade() -> None:
    """Remove everything."""
    for view in _views():
        op.execute(f"DROP VIEW {view}")
    for table in ("feedback", "webhooks", "batch_items", "batches", "seen_events", "score_events", "audit_log"):
        op.drop_table(table)
    for table in ("api_keys", "tenant_keys", "store_meta"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_log_append_only()")
