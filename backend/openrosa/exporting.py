"""Submissions of one form as a table or as points: for a desk that goes on working in a spreadsheet or a map.

A row a submission, oldest first, in pieces as they are read: a year of a county never lies in memory. A field of a
repeat holds all of its values with ` | ` between them. A point that is older than 90 days is the middle of its 1 km
cell, as everywhere else.
"""

import csv
from collections.abc import AsyncIterator, Mapping, Sequence
from io import StringIO
from typing import Any
from uuid import uuid5

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.core.database import transaction
from backend.kits import lists
from backend.kits.form_questions import questions_of
from backend.openrosa import kept_xml, submission_queries
from backend.openrosa.catalogue import FormUnknown, point_questions, verb_of
from backend.openrosa.instances import ROOM, Instance
from backend.openrosa.positions import place_of
from backend.openrosa.submission_schemas import SubmissionRecord
from backend.openrosa.submissions import SubmissionFilters, asked_for
from backend.people.access_log import note_access
from backend.people.actors import OVERSEERS, Actor

AT_ONCE = 200
BETWEEN = " | "

OF_EVERY_FORM = (
    *("submission_id", "instance_id", "form_version", "received_at", "sender", "state", "became", "record_id"),
    *("division_code", "files_missing"),
)


class Asked(Struct, frozen=True):
    """Which submissions, and the questions of their form: of its newest version, then what only older ones asked."""

    filters: SubmissionFilters
    paths: tuple[str, ...]
    points: frozenset[str]


@transaction
async def begin(*, filters: SubmissionFilters, by: Actor, request_id: str) -> Asked:
    """Who takes whole tables with him is written down. Raises Forbidden (403), FormUnknown (404)."""
    by.must_have(*sorted(OVERSEERS))
    form_id = filters.form_id or ""
    versions = await lists.versions_of(form_id)
    if not versions or verb_of(versions[0]).hidden:
        raise FormUnknown("There is no form {form}.", form=form_id[:60])
    await note_access(
        by=by, subject_kind="submissions", subject_id=uuid5(ROOM, form_id), fields=["answers"], request_id=request_id
    )
    paths = dict.fromkeys(path for form in versions for path in questions_of(form.xml).paths)
    points = frozenset(path for form in versions for path in point_questions(form.xml))
    return Asked(filters, tuple(path for path in paths if not path.startswith("meta/")), points)


async def csv_of(asked: Asked, *, by: Actor) -> AsyncIterator[bytes]:
    """With a byte order mark, or a spreadsheet reads Chinese as something else."""
    yield _lines([(*OF_EVERY_FORM, *asked.paths)]).encode("utf-8-sig")
    async for some in _read(asked.filters, by):
        yield _lines(
            [(*_facts(one), *map(_cell, _said(one, instance, asked).values())) for one, instance in some]
        ).encode()


async def geojson_of(asked: Asked, *, by: Actor) -> AsyncIterator[bytes]:
    """RFC 7946, longitude and latitude in WGS-84: a feature for each submission that has a point."""
    yield b'{"type":"FeatureCollection","features":['
    comma = b""
    async for some in _read(asked.filters, by):
        for one, instance in some:
            point = _point(one, instance, asked)
            if point is not None:
                yield comma + msgspec.json.encode(_feature(one, instance, point, asked))
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


def _facts(one: SubmissionRecord) -> tuple[Any, ...]:
    became = one.became
    return (
        *(one.id, one.instance_id, one.form_version, clock.local(one.received_at).isoformat(timespec="seconds")),
        *(one.sender.name, one.state, became and became.kind, became and became.id, one.division_code, one.missing_n),
    )


def _said(one: SubmissionRecord, instance: Instance | None, asked: Asked) -> dict[str, str]:
    """Every question with its answer, or none."""
    if instance is None:
        return dict.fromkeys(asked.paths, "")
    return {path: BETWEEN.join(_answers(one, instance, path, asked)) for path in asked.paths}


def _answers(one: SubmissionRecord, instance: Instance, path: str, asked: Asked) -> list[str]:
    if path in asked.points:
        return [" ".join(map(str, at)) for said in instance.answers(path) if (at := place_of(said, one.received_at))]
    return instance.answers(path)


def _point(one: SubmissionRecord, instance: Instance | None, asked: Asked) -> tuple[float, float] | None:
    if instance is None:
        return None
    said = (answer for path in asked.paths if path in asked.points for answer in instance.answers(path))
    return next((place for answer in said if (place := place_of(answer, one.received_at)) is not None), None)


def _feature(
    one: SubmissionRecord, instance: Instance | None, point: tuple[float, float], asked: Asked
) -> Mapping[str, Any]:
    facts = dict(zip(OF_EVERY_FORM, _facts(one), strict=True))
    answers = {path: said for path, said in _said(one, instance, asked).items() if said}
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
