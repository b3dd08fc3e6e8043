"""What this room forgets and when, in the words of its tables' registers."""

from backend.people.retention import rule

rule(
    "people.sign_in_attempts",
    days=1,
    statement="DELETE FROM people_sign_in_attempt WHERE last_failed_at < $1",
)
rule("people.allowances", days=1, statement="DELETE FROM people_allowance WHERE full_at < $1")
rule("people.refresh_tokens", days=30, statement="DELETE FROM people_refresh_token WHERE expires_at < $1")
rule("people.one_time_links", days=30, statement="DELETE FROM people_one_time_link WHERE expires_at < $1")
rule(
    "people.device_labels",
    days=365,
    statement="UPDATE people_device SET label = '' WHERE last_seen_at < $1 AND label <> ''",
)
rule(
    "people.access_key_labels",
    days=365,
    statement="""
    UPDATE people_access_key SET label = '' WHERE label <> ''
        AND (revoked_at < $1 OR person IN (SELECT id FROM people_person WHERE closed_at < $1))
    """,
)
rule("people.access_log", days=1096, statement="DELETE FROM people_access_log WHERE at < $1")
rule("people.household_amendments", days=731, statement="DELETE FROM people_household_amendment WHERE at < $1")
rule(
    "people.closed_households",
    days=731,
    statement="""
    UPDATE people_household SET contact_name_sealed = NULL, contact_phone_sealed = NULL, contact_phone_index = NULL,
        address_note_sealed = NULL, service_needs = '{}', longitude = NULL, latitude = NULL, crs = NULL,
        original_longitude = NULL, original_latitude = NULL, accuracy_m = NULL, fixed_at = NULL,
        provider = NULL, mock = NULL
    WHERE closed_at < $1 AND (contact_name_sealed IS NOT NULL OR contact_phone_sealed IS NOT NULL
        OR address_note_sealed IS NOT NULL OR service_needs <> '{}' OR longitude IS NOT NULL)
    """,
)
rule(
    "people.closed_accounts",
    days=731,
    statement="""
    UPDATE people_person SET name = '', phone_sealed = '', phone_index = sha256(convert_to('erased ' || id, 'UTF8')),
        password_hash = NULL
    WHERE closed_at < $1 AND name <> ''
    """,
)
rule(
    "people.consents",
    days=1096,
    statement="""
    DELETE FROM people_consent c WHERE c.at < $1 AND NOT EXISTS (
        SELECT FROM people_consent newer WHERE newer.at >= $1 AND newer.purpose = c.purpose
        AND (newer.household = c.household OR newer.person = c.person))
    AND (c.household IN (SELECT id FROM people_household WHERE closed_at < $1)
        OR c.person IN (SELECT id FROM people_person WHERE closed_at < $1)
        OR NOT (SELECT l.given FROM people_consent l WHERE l.purpose = c.purpose
                AND (l.household = c.household OR l.person = c.person) ORDER BY l.at DESC, l.id DESC LIMIT 1))
    """,
)
