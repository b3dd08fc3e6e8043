"""Rounds from door to door, letters by ranges, talks, posters, coverage, checks, and cases as counts."""

from piccolo.columns import (
    UUID,
    BigInt,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    Numeric,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.antifraud.outreach_words import AgeBand, HouseholdMark, LetterMove
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.household_tables import Household
from backend.people.tables import Person, Unit
from backend.territory.tables import Division

ROUND = "knowing which doors are still to be knocked at while a round runs"
ROUND_END = "until the round ends; then only counts per village stay"


class Round(Table, tablename="antifraud_round"):
    """A round (a campaign) through a division's villages. `closed_at`: its marks are gone, its counts stand."""

    id = UUID(primary_key=True, null=False)
    name = Varchar(length=120, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    prefix = Varchar(length=15, null=False)
    fraud_type = Varchar(length=40, null=True, default=None)
    begins_on = Date(null=False)
    ends_on = Date(null=False)
    closed_at = Timestamptz(null=True, default=None)
    made_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    made_at = Timestamptz(null=False)
    arguments_digest = Bytea(null=False)

    round_ends_after_it_begins = Check('"ends_on" >= "begins_on"')

    privacy = Privacy(impersonal=frozenset({"name", "prefix", "fraud_type", "arguments_digest"}))


class RoundMark(Table, tablename="antifraud_round_mark"):
    """What became of one door in one round. No other room reads it; it goes when the round ends."""

    id = UUID(primary_key=True, null=False)
    round = ForeignKey(Round, null=False, on_delete=OnDelete.restrict)
    household = ForeignKey(Household, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    mark = Varchar(length=8, null=False, choices=HouseholdMark)
    age_band = Varchar(length=8, null=False, choices=AgeBand)
    at = Timestamptz(null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    one_mark_a_door = Unique([round, household])
    round_mark_is_known = one_of("mark", HouseholdMark)
    round_mark_age_band_is_known = one_of("age_band", AgeBand)

    privacy = Privacy(
        personal={
            "mark": Personal(ROUND, DataClass.SENSITIVE, ROUND_END),
            "age_band": Personal(ROUND, DataClass.SENSITIVE, ROUND_END),
        },
        impersonal=frozenset({"division_code", "arguments_digest"}),
    )


class RoundCount(Table, tablename="antifraud_round_count"):
    """A village at the end of a round."""

    id = UUID(primary_key=True, null=False)
    round = ForeignKey(Round, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    households_n = Integer(null=False)
    visited_n = Integer(null=False)
    absent_n = Integer(null=False)
    declined_n = Integer(null=False)

    one_count_a_village = Unique([round, division_code])

    privacy = Privacy(impersonal=frozenset({"division_code", "households_n", "visited_n", "absent_n", "declined_n"}))


class LetterRange(Table, tablename="antifraud_letter_range"):
    """Letters of one book, from serial to serial, and what happened to them. A mistake is `withdrawn`."""

    id = UUID(primary_key=True, null=False)
    move = Varchar(length=8, null=False, choices=LetterMove)
    prefix = Varchar(length=20, null=False, default="")
    width = SmallInt(null=False)
    first = BigInt(null=False)
    last = BigInt(null=False)
    division_code = Varchar(length=15, null=False)
    round = ForeignKey(Round, null=True, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    withdrawn_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    letter_move_is_known = one_of("move", LetterMove)
    letter_range_goes_up = Check('"last" >= "first"')

    privacy = Privacy(
        impersonal=frozenset({"move", "prefix", "width", "first", "last", "division_code", "arguments_digest"})
    )


class Talk(Table, tablename="antifraud_talk"):
    """A talk with residents: where, about what, how many. No names."""

    id = UUID(primary_key=True, null=False)
    division_code = Varchar(length=15, null=False)
    round = ForeignKey(Round, null=True, on_delete=OnDelete.restrict)
    fraud_type = Varchar(length=40, null=True, default=None)
    place = Varchar(length=120, null=False)
    headcount = Integer(null=False)
    photo_id = UUID(null=True, default=None)
    at = Timestamptz(null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        personal={"photo_id": Personal("showing that a talk was held", DataClass.INTERNAL, "with its photo")},
        impersonal=frozenset({"division_code", "fraud_type", "place", "headcount", "arguments_digest"}),
    )


class Poster(Table, tablename="antifraud_poster"):
    """Posters at a place, with a photo of it."""

    id = UUID(primary_key=True, null=False)
    division_code = Varchar(length=15, null=False)
    place = Varchar(length=120, null=False)
    posters_n = Integer(null=False)
    photo_id = UUID(null=True, default=None)
    at = Timestamptz(null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        personal={"photo_id": Personal("showing where a poster hangs", DataClass.INTERNAL, "with its photo")},
        impersonal=frozenset({"division_code", "place", "posters_n", "arguments_digest"}),
    )


class AppCoverage(Table, tablename="antifraud_app_coverage"):
    """How many of a village have the app, as they said of themselves: two numbers, a day and a source."""

    id = UUID(primary_key=True, null=False)
    division_code = Varchar(length=15, null=False)
    with_app_n = Integer(null=False)
    asked_n = Integer(null=False)
    on = Date(null=False)
    source = Varchar(length=200, null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)

    coverage_is_a_part = Check('"with_app_n" BETWEEN 0 AND "asked_n"')

    privacy = Privacy(impersonal=frozenset({"division_code", "with_app_n", "asked_n", "source"}))


class SupervisionCheck(Table, tablename="antifraud_check"):
    """A supervision group's irregular check of a village: what it found, by when it is to be put right."""

    id = UUID(primary_key=True, null=False)
    group_number = SmallInt(null=False)
    division_code = Varchar(length=15, null=False)
    on = Date(null=False)
    finding = Text(null=False)
    fix_by = Date(null=True, default=None)
    fixed_on = Date(null=True, default=None)
    fixed_note = Varchar(length=400, null=True, default=None)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        personal={
            "finding": Personal("putting right what was found", DataClass.INTERNAL, "24 months after it", 731),
            "fixed_note": Personal("putting right what was found", DataClass.INTERNAL, "24 months after it", 731),
        },
        impersonal=frozenset({"group_number", "division_code", "arguments_digest"}),
    )


class FraudCase(Table, tablename="antifraud_case"):
    """A case that was registered: a day, a type, a sum. No victim, no story. A mistake is `withdrawn`."""

    id = UUID(primary_key=True, null=False)
    occurred_on = Date(null=False)
    registered_on = Date(null=False)
    fraud_type = Varchar(length=40, null=False)
    loss_yuan = Numeric(digits=(14, 2), null=False)
    division_code = Varchar(length=15, null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    withdrawn_at = Timestamptz(null=True, default=None)
    withdrawn_note = Varchar(length=200, null=True, default=None)
    arguments_digest = Bytea(null=False)

    case_is_registered_after_it_happened = Check('"registered_on" >= "occurred_on"')

    privacy = Privacy(
        impersonal=frozenset({"fraud_type", "loss_yuan", "division_code", "withdrawn_note", "arguments_digest"})
    )


class VisitorCard(Table, tablename="antifraud_visitor_card"):
    """Who may be checked at /v/: his code changes every day and follows from this id and the server's secret."""

    id = UUID(primary_key=True, null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    made_at = Timestamptz(null=False)
    made_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    ended_at = Timestamptz(null=True, default=None)
    ended_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    privacy = Privacy()


class LibraryApproval(Table, tablename="antifraud_library_approval"):
    """Somebody of the police read an item of the library as it stood (its hash) and lets it be sent."""

    id = UUID(primary_key=True, null=False)
    item = Varchar(length=80, null=False)
    sha256 = Bytea(null=False)
    approved_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    approved_at = Timestamptz(null=False)
    withdrawn_at = Timestamptz(null=True, default=None)

    privacy = Privacy(impersonal=frozenset({"item", "sha256"}))
