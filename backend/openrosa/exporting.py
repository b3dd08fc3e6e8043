"""Submissions of one form as a table or as points: for a desk that goes on working in a spreadsheet or a map.

A row a submission, oldest first, in pieces as they are read: a year of a county never lies in memory. A field of a
repeat holds all of its values with ` | ` between them. A point that is older than 90 days is the middle of its 1 km
cell, as everywhere else.
"""

import csv
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid5

import msgspec

from backend.core import clock
from backend.core.database import transaction
from backend.openrosa import kept_xml, submission_queries
from backend.openrosa.catalogue import FIELD_FORMS, FormUnknown, current_form, point_questions
from backend.openrosa.instances import ROOM, Instance
from backend.openrosa.submission_schemas import SubmissionRecord
from backend.openrosa.submissions import SubmissionFilters, asked_for
from backend.people.access_log import note_access
from backend.people.actors import OVERSEERS, Actor
from backend.territory.coordinates import cell_1km

AT_ONCE = 200
BETWEEN = " | "
EXACT_FOR = timedelta(days=90)
"""As `visits.points` and `media.points` are forgotten (people.retention)."""

OF_EVERY_FORM = (
    *("submission_id", "instance_id", "form_version", "received_at", "sender", "state", "became", "record_id"),
    *("division_code", "files_missing"),
)


@transaction
async def begin(*, form_id: str, by: Actor, request_id: str) -> None:
    """Who takes whole tables with him is written down. Raises Forbidden (403), FormUnknown (404)."""
    by.must_have(*sorted(OVERSEERS))
    if form_id not in FIELD_FORMS or FIELD_FORMS[form_id].hidden:
        raise FormUnknown("There is no form {form}.", form=form_id[:60])
    await note_access(
        by=by, subject_kind="submissions", subject_id=uuid5(ROOM, form_id), fields=["answers"], request_id=request_id
    )


async def csv_of(*, filters: SubmissionFilters, by: Actor) -> AsyncIterator[bytes]:
    """With a byte order mark, or a spreadsheet reads Chinese as something else."""
    paths = _paths(filters)
    yield _lines([(*OF_EVERY_FORM, *paths)]).encode("utf-8-sig")
    async for some in _read(filters, by):
        yield _lines(
            [(*_facts(one), *(_cell(_said(one, instance, path, filters)) for path in paths)) for one, instance in some]
        ).encode()


async def geojson_of(*, filters: SubmissionFilters, by: Actor) -> AsyncIterator[bytes]:
    """RFC 7946, longitude and latitude in WGS-84: a feature for each submission that has a point."""
    yield b'{"type":"FeatureCollection","features":['
    comma = b""
    async for some in _read(filters, by):
        for one, instance in some:
            point = _point(one, instance, filters)
            if point is not None:
                yield comma + msgspec.json.encode(_feature(one, instance, point, filters))
                comma = b","
    yield b"]}"


async def _read(
    filters: SubmissionFilters, by: Actor
) -> AsyncIterator[Sequence[tuple[SubmissionRecord, Instance | None]]]:
    after: SubmissionRecord | None = None
    while True:
        rows = await submission_queries.submissions_in_order(asked_for(filters, by), limit=AT_ONCE, after=after)
        if not rows:
            return
        yield [(one, await kept_xml.instance_of(one.id)) for one in rows]
        after = rows[-1]


def _paths(filters: SubmissionFilters) -> list[str]:
    form = current_form(filters.form_id or "")
    return [path.split("/", 2)[2] for path in form.paths if not path.startswith("/data/meta/")]


def _facts(one: SubmissionRecord) -> tuple[Any, ...]:
    became = one.became
    return (
        *(one.id, one.instance_id, one.form_version, clock.local(one.received_at).isoformat(timespec="seconds")),
        *(one.sender.name, one.state, became and became.kind, became and became.id, one.division_code, one.missing_n),
    )


def _said(one: SubmissionRecord, instance: Instance | None, path: str, filters: SubmissionFilters) -> str:
    if instance is None:
        return ""
    if path in point_questions(current_form(filters.form_id or "")):
        return BETWEEN.join(" ".join(map(str, at)) for said in instance.answers(path) if (at := _place(one, said)))
    return BETWEEN.join(instance.answers(path))


def _place(one: SubmissionRecord, said: str) -> tuple[float, float] | None:
    """Latitude and longitude, no nearer than may be known by now."""
    try:
        latitude, longitude = (float(number) for number in said.split()[:2])
    except ValueError:
        return None
    if clock.now() - one.received_at <= EXACT_FOR:
        return latitude, longitude
    middle = cell_1km(longitude, latitude)
    return round(middle[1], 5), round(middle[0], 5)


def _point(one: SubmissionRecord, instance: Instance | None, filters: SubmissionFilters) -> tuple[float, float] | None:
    if instance is None:
        return None
    said = (
        answer for path in point_questions(current_form(filters.form_id or "")) for answer in instance.answers(path)
    )
    return next((place for answer in said if (place := _place(one, answer)) is not None), None)


def _feature(
    one: SubmissionRecord, instance: Instance | None, point: tuple[float, float], filters: SubmissionFilters
) -> Mapping[str, Any]:
    facts = dict(zip(OF_EVERY_FORM, _facts(one), strict=True))
    answers = {path: said for path in _paths(filters) if (said := _said(one, instance, path, filters))}
    return {
        "type": "Feature",
        "id": one.id,
        "geometry": {"type": "Point", "coordinates": [point[1], point[0]]},
        "properties": facts | answers,
    }


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _cell(value: str) -> str:
    """A text that begins like a formula is none."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t")) else value
