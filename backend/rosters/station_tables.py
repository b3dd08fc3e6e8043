"""Stations' hours, who serves which grid, market days, stalls, and calendars that phones follow."""

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person, Unit
from backend.rosters.station_words import CalendarKind, DayState, MarketRuleKind, Office, ShortMonth, StallRuleKind
from backend.territory.tables import Division


class StationHours(Table, tablename="rosters_station_hours"):
    """When a station is open. weekday 1 is Monday, 0 a market day; minutes from midnight."""

    id = UUID(primary_key=True, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    weekday = SmallInt(null=False)
    opens_minute = SmallInt(null=False)
    closes_minute = SmallInt(null=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    set_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    set_at = Timestamptz(null=False)

    hours_are_of_a_day = Check('"weekday" BETWEEN 0 AND 7 AND "opens_minute" >= 0 AND "closes_minute" <= 1440')
    hours_end_after_they_begin = Check('"closes_minute" > "opens_minute"')

    privacy = Privacy(impersonal=frozenset({"weekday", "opens_minute", "closes_minute"}))


class GridService(Table, tablename="rosters_grid_service"):
    """Who serves which grid cell or village in which office, between two dates, reached at which station."""

    id = UUID(primary_key=True, null=False)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    office = Varchar(length=20, null=False, choices=Office)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    station: ForeignKey = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    set_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    set_at = Timestamptz(null=False)
    arguments_digest = Bytea(null=False)

    office_is_known = one_of("office", Office)
    grid_service_ends_after_it_begins = Check('"valid_to" IS NULL OR "valid_to" >= "valid_from"')

    privacy = Privacy(
        personal={"office": Personal("knowing who serves a place", DataClass.PUBLIC, "24 months after it ended", 731)},
        impersonal=frozenset({"division_code", "arguments_digest"}),
    )


class MarketRule(Table, tablename="rosters_market_rule"):
    """When a place holds market. `numbers` by kind: lunar or solar last digits, weekdays from 1, branches from 1 (子).

    short_month       a lunar month of 29 days has no 30th
    held_on_new_year  whether lunar 1/1 is a market where the rule says so
    """

    id = UUID(primary_key=True, null=False)
    market: ForeignKey = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(length=12, null=False, choices=MarketRuleKind)
    numbers: Array = Array(base_column=SmallInt(), null=False, default=list)
    dates: Array = Array(base_column=Date(), null=False, default=list)
    short_month = Varchar(length=8, null=False, choices=ShortMonth)
    held_on_new_year = Boolean(null=False, default=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Varchar(length=200, null=False)
    set_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    set_at = Timestamptz(null=False)
    arguments_digest = Bytea(null=False)

    market_rule_kind_is_known = one_of("kind", MarketRuleKind)
    short_month_is_known = one_of("short_month", ShortMonth)

    privacy = Privacy(
        impersonal=frozenset(
            {"kind", "numbers", "dates", "short_month", "held_on_new_year", "source", "arguments_digest"}
        )
    )


class MarketDay(Table, tablename="rosters_market_day"):
    """A market on a day: computed, then confirmed by the township, moved or called off. `sequence` counts changes."""

    id = UUID(primary_key=True, null=False)
    market: ForeignKey = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    on = Date(null=False)
    rule = ForeignKey(MarketRule, null=True, on_delete=OnDelete.restrict)
    state = Varchar(length=10, null=False, choices=DayState)
    note = Varchar(length=120, null=True, default=None)
    sequence = Integer(null=False, default=0)
    changed_at = Timestamptz(null=False)
    changed_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    one_market_a_day = Unique([market, on])
    market_day_state_is_known = one_of("state", DayState)

    privacy = Privacy(impersonal=frozenset({"division_code", "state", "note", "sequence"}))


class StallRule(Table, tablename="rosters_stall_rule"):
    """A stall at the first market of odd months, a day at the station in even ones, announced some days before."""

    id = UUID(primary_key=True, null=False)
    kind = Varchar(length=12, null=False, choices=StallRuleKind)
    place: ForeignKey = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    opens_minute = SmallInt(null=False)
    closes_minute = SmallInt(null=False)
    day_of_month = SmallInt(null=True, default=None)
    announce_days_before = SmallInt(null=False)
    valid_from = Date(null=False)
    valid_to = Date(null=True, default=None)
    source = Varchar(length=200, null=False)
    set_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    set_at = Timestamptz(null=False)
    arguments_digest = Bytea(null=False)

    stall_rule_kind_is_known = one_of("kind", StallRuleKind)

    privacy = Privacy(
        impersonal=frozenset(
            {
                *("kind", "opens_minute", "closes_minute", "day_of_month", "announce_days_before", "source"),
                "arguments_digest",
            }
        )
    )


class StallDay(Table, tablename="rosters_stall_day"):
    """A stall or a station's day, as it follows from its rule; confirmed by the township, announced once."""

    id = UUID(primary_key=True, null=False)
    rule = ForeignKey(StallRule, null=False, on_delete=OnDelete.restrict)
    place: ForeignKey = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    month = Date(null=False)
    on = Date(null=False)
    state = Varchar(length=10, null=False, choices=DayState)
    note = Varchar(length=120, null=True, default=None)
    sequence = Integer(null=False, default=0)
    announced_at = Timestamptz(null=True, default=None)
    notice_id = UUID(null=True, default=None)
    changed_at = Timestamptz(null=False)
    changed_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    one_stall_a_month = Unique([rule, month])
    stall_day_state_is_known = one_of("state", DayState)

    privacy = Privacy(impersonal=frozenset({"division_code", "state", "note", "sequence", "notice_id"}))


class CalendarFeed(Table, tablename="rosters_calendar_feed"):
    """An address that a phone's calendar follows; its secret is told once and kept as a keyed hash. Revocable."""

    id = UUID(primary_key=True, null=False)
    kind = Varchar(length=10, null=False, choices=CalendarKind)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    division = ForeignKey(Division, null=True, on_delete=OnDelete.restrict)
    secret_index = Bytea(null=False, unique=True)
    made_at = Timestamptz(null=False)
    revoked_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    calendar_kind_is_known = one_of("kind", CalendarKind)

    privacy = Privacy(
        personal={"secret_index": Personal("a calendar of one's own", DataClass.SENSITIVE, "until it is revoked")},
        impersonal=frozenset({"kind", "arguments_digest"}),
    )
