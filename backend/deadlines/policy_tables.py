"""Limits and ladders as dated data."""

from enum import StrEnum

from piccolo.columns import UUID, Array, Date, Integer, SmallInt, Text, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.deadlines.limits import ClockKind


class Audience(StrEnum):
    """Whom a rung of a ladder reaches."""

    UNIT_DUTY = "unit_duty"
    UNIT_SUPERVISOR = "unit_supervisor"
    TERRITORY_SUPERVISOR = "territory_supervisor"
    COUNTY_SUPERVISOR = "county_supervisor"


class DeadlinePolicy(Table, tablename="deadlines_policy"):
    """From when on a class of matters has which limit, and who says so. A clock keeps the row it was started with.

    kind              which of a subject's clocks it is: response, handling, …
    clock, amount     null: there is no limit, the time is only measured
    expected_amount   when one hopes for it (3 of 3 to 5 days); at most `amount`
    hours             staffed hours, for `working_minutes`
    expedite_percents at which shares of the clock a notice is sent, ascending
    """

    id = UUID(primary_key=True, null=False)
    code = Varchar(length=40, null=False)
    kind = Varchar(length=20, null=False)
    name_zh = Varchar(length=40, null=False)
    name_en = Varchar(length=80, null=False)
    clock = Varchar(length=16, null=True, default=None, choices=ClockKind)
    amount = Integer(null=True, default=None)
    expected_amount = Integer(null=True, default=None)
    hours = Text(null=True, default=None)
    expedite_percents = Array(base_column=SmallInt(), null=False, default=list)
    ladder = Varchar(length=40, null=False)
    valid_from = Date(null=False)
    source = Text(null=False)

    one_deadline_policy_a_day = Unique([code, kind, valid_from])
    policy_clock_is_known = one_of("clock", ClockKind)
    limit_is_whole = Check((clock.is_null() & amount.is_null()) | (clock.is_not_null() & (amount > 0)))
    privacy = Privacy(
        impersonal=frozenset({"code", "kind", "name_zh", "name_en", "clock", "amount", "expected_amount", "hours"})
        | {"expedite_percents", "ladder", "source"}
    )


class LadderRung(Table, tablename="deadlines_ladder"):
    """Whom an unacknowledged notice goes to next, and how long he has. Rung 1 is asked first."""

    id = UUID(primary_key=True, null=False)
    ladder = Varchar(length=40, null=False)
    level = SmallInt(null=False)
    audience = Varchar(length=24, null=False, choices=Audience)
    acknowledge_within_min = Integer(null=False)
    valid_from = Date(null=False)
    source = Text(null=False)

    one_rung_a_day = Unique([ladder, level, valid_from])
    audience_is_known = one_of("audience", Audience)
    privacy = Privacy(impersonal=frozenset({"ladder", "level", "audience", "acknowledge_within_min", "source"}))
