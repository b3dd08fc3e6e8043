"""The working calendar as dated data: versions, the years they speak of, and their days."""

from piccolo.columns import (
    UUID,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.deadlines.calendars import DayKind


class CalendarVersion(Table, tablename="deadlines_calendar"):
    """One version of the working calendar: all of the one before, and what its own days say instead. Never changed.

    published_by   a person's id, null for what came with the program; no foreign key, reference data stands alone
    """

    version = Integer(primary_key=True, null=False)
    id = UUID(null=False, unique=True, default=None)
    source = Text(null=False)
    published_at = Timestamptz(null=False)
    published_by = UUID(null=True, default=None)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(impersonal=frozenset({"version", "source", "arguments_digest"}))


class CalendarYear(Table, tablename="deadlines_calendar_year"):
    """A year that a version speaks of. Provisional: reckoned from the law, before the State Council's notice."""

    id = UUID(primary_key=True, null=False)
    calendar = ForeignKey(CalendarVersion, null=False, on_delete=OnDelete.restrict)
    year = SmallInt(null=False)
    provisional = Boolean(null=False)
    source = Text(null=False)

    one_word_a_year = Unique([calendar, year])
    privacy = Privacy(impersonal=frozenset({"year", "source"}))


class CalendarDay(Table, tablename="deadlines_calendar_day"):
    """A public holiday or a make-up day. `year` is the notice's: that of 2027 may speak of 31 December 2026."""

    id = UUID(primary_key=True, null=False)
    calendar = ForeignKey(CalendarVersion, null=False, on_delete=OnDelete.restrict)
    year = SmallInt(null=False)
    day = Date(null=False)
    kind = Varchar(length=8, null=False, choices=DayKind)
    name_zh = Varchar(length=40, null=False)
    name_en = Varchar(length=60, null=False)

    a_day_once_a_version = Unique([calendar, day])
    day_kind_is_known = one_of("kind", DayKind)
    privacy = Privacy(impersonal=frozenset({"year", "kind", "name_zh", "name_en"}))
