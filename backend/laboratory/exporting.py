"""Carrying results away: what one may read, as farm software or a spreadsheet takes it."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from backend.core import clock
from backend.core.refusals import FieldError, Invalid
from backend.laboratory import export_queries as queries
from backend.laboratory import modus
from backend.laboratory.export_csv import table
from backend.laboratory.export_queries import MOST, Wanted
from backend.laboratory.modus_schemas import ModusDocument
from backend.laboratory.report_refusals import TooMuchToExport
from backend.laboratory.sample_refusals import SampleUnknown
from backend.laboratory.visibility import reader, sees
from backend.laboratory.words import SampleKind
from backend.people.actors import Actor

Row = Mapping[str, Any]


async def as_modus(*, wanted: Wanted, by: Actor) -> ModusDocument:
    """A document in the shape of Modus slim. One document is of one kind: soil unless told, or the sample's own.

    Raises Invalid (400) where neither a sample nor a span is told, SampleUnknown (404), TooMuchToExport (409).
    """
    rows = await _rows(wanted, by)
    kind = wanted.kind or (
        SampleKind(rows[0]["kind"] or SampleKind.SOIL) if wanted.sample_id and rows else SampleKind.SOIL
    )
    fits = [row for row in rows if row["kind"] == kind]
    return modus.document(fits, wanted=replace(wanted, kind=kind), kind=kind, today=clock.today())


async def as_csv(*, wanted: Wanted, by: Actor) -> bytes:
    """The same as a table, of both kinds unless one is told. Raises as `as_modus`."""
    return table(await _rows(wanted, by), for_partner=wanted.for_partner)


async def _rows(wanted: Wanted, by: Actor) -> Sequence[Row]:
    looking = await reader(by)
    if wanted.sample_id is None and (wanted.since is None or wanted.until is None):
        detail = "Tell `sample_id`, or `since` and `until`."
        raise Invalid("It is not told what to export.", errors=[FieldError(pointer="sample_id", detail=detail)])
    if wanted.sample_id is not None and not await sees(looking, wanted.sample_id):
        raise SampleUnknown
    rows = await queries.results(wanted, reader=looking)
    if len(rows) > MOST:
        raise TooMuchToExport("There are more than {most} results: tell a shorter span.", most=MOST)
    return rows
