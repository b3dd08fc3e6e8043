"""What must always be true of a roster: one person, one place; one post, one person; no hour without anybody unseen.

A gap is what the duty rules ask for, less the shifts that hold hours. No transaction may end with a gap inside a
published span that is not in `rosters_gap`: deferred triggers look at what it published, moved, cancelled or closed, one
transaction after the other for each post.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T16:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "no overlaps, no unseen gaps, and the orders of reading"

SPAN = "tstzrange(starts_at, ends_at)"

DAYS = """
CREATE FUNCTION rosters_days(weekdays smallint[]) RETURNS int4multirange LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT range_agg(int4range(day, day + 1)) FROM unnest(weekdays) AS day
$$
"""
STAFFED = """
CREATE FUNCTION rosters_staffed(asked_unit uuid, asked_post text, asked tstzrange) RETURNS tstzmultirange
LANGUAGE sql STABLE AS $$
    SELECT coalesce(range_agg(tstzrange(
               (d.day + r.minutes[2 * i - 1] * interval '1 minute') AT TIME ZONE 'Asia/Shanghai',
               (d.day + r.minutes[2 * i] * interval '1 minute') AT TIME ZONE 'Asia/Shanghai')), '{}')
           * tstzmultirange(asked)
    FROM generate_series((lower(asked) AT TIME ZONE 'Asia/Shanghai')::date - interval '1 day',
                         upper(asked) AT TIME ZONE 'Asia/Shanghai', interval '1 day') AS d(day)
    JOIN rosters_duty_rule r ON r.unit = asked_unit AND r.post = asked_post AND r.valid_from <= d.day::date
         AND (r.valid_to IS NULL OR r.valid_to >= d.day::date)
         AND extract(isodow FROM d.day)::smallint = ANY(r.weekdays)
    CROSS JOIN generate_series(1, cardinality(r.minutes) / 2) AS i
$$
"""
GAPS = """
CREATE FUNCTION rosters_gaps(asked_unit uuid, asked_post text, asked tstzrange) RETURNS tstzmultirange
LANGUAGE sql STABLE AS $$
    SELECT rosters_staffed(asked_unit, asked_post, asked) - coalesce((
        SELECT range_agg(tstzrange(s.starts_at, s.ends_at)) FROM rosters_shift s
        WHERE s.unit = asked_unit AND s.post = asked_post AND s.state IN ('published', 'confirmed', 'missed')
        AND s.starts_at > lower(asked) - interval '72 hours' AND s.starts_at < upper(asked)), '{}')
$$
"""
UNSEEN = """
CREATE FUNCTION rosters_unseen_gaps(asked_unit uuid, asked_post text, asked tstzrange) RETURNS tstzmultirange
LANGUAGE sql STABLE AS $$
    SELECT rosters_gaps(asked_unit, asked_post, asked) - coalesce((
        SELECT range_agg(tstzrange(g.starts_at, g.ends_at)) FROM rosters_gap g
        WHERE g.unit = asked_unit AND g.post = asked_post AND g.closed_at IS NULL
        AND tstzrange(g.starts_at, g.ends_at) && asked), '{}')
$$
"""
REFUSE = """
CREATE FUNCTION rosters_refuse_unseen_gaps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    span tstzrange := tstzrange(NEW.starts_at, NEW.ends_at);
    published tstzmultirange;
    unseen tstzmultirange;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.unit::text || NEW.post, 0));
    SELECT coalesce(range_agg(tstzrange(p.starts_at, p.ends_at)), '{}') INTO published FROM rosters_publication p
    WHERE p.unit = NEW.unit AND p.post = NEW.post AND tstzrange(p.starts_at, p.ends_at) && span;
    unseen := rosters_unseen_gaps(NEW.unit, NEW.post, span) * published;
    IF NOT isempty(unseen) THEN
        RAISE EXCEPTION 'nobody holds %', unseen USING ERRCODE = 'check_violation', CONSTRAINT = 'no_unseen_gap';
    END IF;
    RETURN NULL;
END
$$
"""

FORWARDS = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    'ALTER TABLE rosters_shift ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE rosters_leave ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    "ALTER TABLE rosters_shift ADD CONSTRAINT no_shift_over_72_hours CHECK (ends_at - starts_at <= interval '72 hours')",
    DAYS,
    STAFFED,
    GAPS,
    UNSEEN,
    REFUSE,
    "ALTER TABLE rosters_duty_rule ADD CONSTRAINT one_rule_per_post_and_day EXCLUDE USING gist (unit WITH =, post WITH =, rosters_days(weekdays) WITH &&, daterange(valid_from, valid_to, '[]') WITH &&)",
    f"ALTER TABLE rosters_shift ADD CONSTRAINT one_shift_per_person EXCLUDE USING gist (person WITH =, {SPAN} WITH &&) WHERE (state IN ('published', 'confirmed') AND NOT entered_late)",
    f"ALTER TABLE rosters_shift ADD CONSTRAINT one_person_per_post EXCLUDE USING gist (unit WITH =, post WITH =, {SPAN} WITH &&) WHERE (state IN ('published', 'confirmed') AND NOT entered_late AND NOT shared)",
    "CREATE INDEX rosters_shift_unit ON rosters_shift (unit, starts_at) WHERE state IN ('published', 'confirmed', 'missed')",
    "CREATE INDEX rosters_shift_person ON rosters_shift (person, starts_at)",
    "CREATE INDEX rosters_shift_division ON rosters_shift (division_code, starts_at, id)",
    "CREATE INDEX rosters_shift_waiting ON rosters_shift (starts_at) WHERE state = 'published'",
    "CREATE INDEX rosters_shift_ends ON rosters_shift (ends_at)",
    "CREATE INDEX rosters_shift_publication ON rosters_shift (publication)",
    "CREATE INDEX rosters_shift_follows ON rosters_shift (follows) WHERE follows IS NOT NULL",
    f"CREATE INDEX rosters_publication_span ON rosters_publication USING gist (unit, post, {SPAN})",
    f"CREATE INDEX rosters_gap_open ON rosters_gap USING gist (unit, post, {SPAN}) WHERE closed_at IS NULL",
    "CREATE INDEX rosters_swap_shift ON rosters_swap (shift)",
    "CREATE INDEX rosters_swap_return ON rosters_swap (in_return) WHERE in_return IS NOT NULL",
    "CREATE INDEX rosters_swap_asked ON rosters_swap (offered_to) WHERE state = 'offered'",
    "CREATE UNIQUE INDEX rosters_swap_one_offer ON rosters_swap (shift) WHERE state = 'offered'",
    "CREATE INDEX rosters_leave_person ON rosters_leave (person, starts_at)",
    "CREATE INDEX rosters_leave_waiting ON rosters_leave (division_code) WHERE state = 'requested'",
    "CREATE INDEX rosters_leave_ends ON rosters_leave (ends_at)",
    "CREATE CONSTRAINT TRIGGER no_unseen_gap_published AFTER INSERT ON rosters_publication DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rosters_refuse_unseen_gaps()",
    "CREATE CONSTRAINT TRIGGER no_unseen_gap_moved AFTER UPDATE ON rosters_shift DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('swapped', 'cancelled')) EXECUTE FUNCTION rosters_refuse_unseen_gaps()",
    "CREATE CONSTRAINT TRIGGER no_unseen_gap_closed AFTER UPDATE ON rosters_gap DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION rosters_refuse_unseen_gaps()",
)

BACKWARDS = (
    "DROP TRIGGER no_unseen_gap_closed ON rosters_gap",
    "DROP TRIGGER no_unseen_gap_moved ON rosters_shift",
    "DROP TRIGGER no_unseen_gap_published ON rosters_publication",
    "DROP INDEX rosters_leave_ends",
    "DROP INDEX rosters_leave_waiting",
    "DROP INDEX rosters_leave_person",
    "DROP INDEX rosters_swap_one_offer",
    "DROP INDEX rosters_swap_asked",
    "DROP INDEX rosters_swap_return",
    "DROP INDEX rosters_swap_shift",
    "DROP INDEX rosters_gap_open",
    "DROP INDEX rosters_publication_span",
    "DROP INDEX rosters_shift_follows",
    "DROP INDEX rosters_shift_publication",
    "DROP INDEX rosters_shift_ends",
    "DROP INDEX rosters_shift_waiting",
    "DROP INDEX rosters_shift_division",
    "DROP INDEX rosters_shift_person",
    "DROP INDEX rosters_shift_unit",
    "ALTER TABLE rosters_shift DROP CONSTRAINT one_person_per_post",
    "ALTER TABLE rosters_shift DROP CONSTRAINT one_shift_per_person",
    "ALTER TABLE rosters_duty_rule DROP CONSTRAINT one_rule_per_post_and_day",
    "DROP FUNCTION rosters_refuse_unseen_gaps()",
    "DROP FUNCTION rosters_unseen_gaps(uuid, text, tstzrange)",
    "DROP FUNCTION rosters_gaps(uuid, text, tstzrange)",
    "DROP FUNCTION rosters_staffed(uuid, text, tstzrange)",
    "DROP FUNCTION rosters_days(smallint[])",
    "ALTER TABLE rosters_shift DROP CONSTRAINT no_shift_over_72_hours",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="rosters", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
