"""What this room forgets and when, in the words of its tables' registers. Counters stay: they tell of nobody."""

from backend.people.retention import BATCH, rule
from backend.push.policies import APP, PUSH_POLICIES
from backend.push.tables import FORGOTTEN_AFTER_DAYS
from backend.push.tables_citizens import CODE_KEPT_DAYS, CONSENT_KEPT_DAYS

_APP = ", ".join(f"'{kind}'" for kind in APP)

rule(
    "push.notices",
    days=FORGOTTEN_AFTER_DAYS,
    statement="""
    UPDATE push_notice SET title_zh = '', title_en = '', text_zh = '', text_en = '', voice_zh = '', link = NULL
    WHERE made_at < $1 AND text_zh <> ''
    """,
)
rule(
    "push.deliveries",
    days=FORGOTTEN_AFTER_DAYS,
    statement=f"""
    DELETE FROM push_delivery WHERE id IN (SELECT id FROM push_delivery WHERE made_at < $1 LIMIT {BATCH})
    """,
)
rule(
    "push.recipients",
    days=FORGOTTEN_AFTER_DAYS,
    statement=f"""
    DELETE FROM push_recipient WHERE id IN (SELECT id FROM push_recipient WHERE made_at < $1 LIMIT {BATCH})
    """,
)
rule(
    "push.dead_addresses",
    days=FORGOTTEN_AFTER_DAYS,
    statement="DELETE FROM push_address WHERE dead_at < $1",
)
rule(
    "push.stale_tokens",
    days=PUSH_POLICIES[-1].token_days,
    statement=f"""
    UPDATE push_address SET dead_at = now(), dead_reason = 'not_confirmed'
    WHERE last_confirmed_at < $1 AND dead_at IS NULL AND kind IN ({_APP})
    """,
)
rule(
    "push.citizens_gone",
    days=CODE_KEPT_DAYS,
    statement="DELETE FROM push_address WHERE dead_at < $1 AND subject_kind = 'citizen'",
)
rule("push.citizen_codes", days=CODE_KEPT_DAYS, statement="DELETE FROM push_citizen_code WHERE asked_at < $1")
rule(
    "push.citizen_consents",
    days=CONSENT_KEPT_DAYS,
    statement="""
    DELETE FROM push_citizen_consent c WHERE c.at < $1
    AND NOT EXISTS (SELECT FROM push_address a WHERE a.subject = c.subject)
    """,
)
