"""Loading a full table of residue limits: what is taken replaces what was loaded of the same standards before.

Nothing is deleted: rows of before end now, so that a judgement of then can be looked up. The same table again changes
nothing. A row that cannot be taken is told by its line; for what it spoke of there is then no limit on file, which says
no more than that.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import clock, ids
from backend.core.database import fetch, transaction
from backend.laboratory import limits
from backend.laboratory.readings import Unread
from backend.laboratory.reference_rows import ResidueLimit
from backend.laboratory.residue_limit_files import LimitFile, read_limits

TEMPORARY = "；临时限量"
"""Added to the source of a temporary limit: it is printed with every judgement by it."""


class Loaded(Struct, frozen=True, kw_only=True):
    """What became of a table.

    stored, ended   rows that count now, and rows of before that count no longer; both nought where it was the same
    standards       whose rows were replaced
    """

    taken: int
    stored: int
    ended: int
    standards: tuple[str, ...]
    refused: tuple[Unread, ...]
    new_pesticides: tuple[str, ...]
    new_commodities: tuple[str, ...]
    encoding: str


@transaction
async def load_limits(
    *, data: bytes, standard: str | None = None, only_known: bool = False, dry_run: bool = False, by: UUID | None = None
) -> Loaded:
    """Take a county's table (`residue_limit_files` says its columns). Of which nothing can be taken, that ends nothing.

    standard     the edition of rows that name none
    only_known   refuse pesticides and commodities that our own lists lack, instead of taking them by their names
    """
    read = read_limits(data, standard=standard, taking_new=not only_known)
    standards = tuple(sorted({row.standard for row in read.limits}))
    stored, ended = (0, 0) if dry_run else await _replace(standards, read.limits, by)
    return _told(read, standards, stored, ended)


def _told(read: LimitFile, standards: tuple[str, ...], stored: int, ended: int) -> Loaded:
    return Loaded(
        taken=len(read.limits),
        stored=stored,
        ended=ended,
        standards=standards,
        refused=read.refused,
        new_pesticides=read.new_pesticides,
        new_commodities=read.new_commodities,
        encoding=read.encoding,
    )


async def _replace(standards: Sequence[str], new: Sequence[ResidueLimit], by: UUID | None) -> tuple[int, int]:
    rows = [_row(each) for each in new]
    await fetch("SELECT pg_advisory_xact_lock(hashtext('laboratory limits'))")  # two loads at once would both count
    if {*rows} == {tuple(row) for row in await fetch(_COUNTING, list(standards))}:
        return 0, 0
    at = clock.now()
    ended = await fetch(_END, list(standards), at)
    places = [[row[i] for row in rows] for i in range(8)]
    await fetch(_INSERT, [ids.uuid7(at) for _ in rows], *places, at, by)
    limits.forget()
    return len(rows), len(ended)


def _row(limit: ResidueLimit) -> tuple[Any, ...]:
    source = f"{limit.source}{TEMPORARY}"[:300] if limit.temporary else limit.source
    return (
        *(limit.standard, limit.pesticide, limit.commodity, limit.except_for, limit.limit_mg_per_kg),
        *(limit.valid_from, limit.valid_to, source),
    )


_NAMES = "standard, pesticide, commodity, except_for, limit_mg_per_kg, valid_from, valid_to, source"
_COUNTING = f"SELECT {_NAMES} FROM laboratory_residue_limit WHERE standard = ANY($1::text[]) AND ended_at IS NULL"
_END = """
UPDATE laboratory_residue_limit SET ended_at = $2 WHERE standard = ANY($1::text[]) AND ended_at IS NULL RETURNING id
"""
_INSERT = f"""
INSERT INTO laboratory_residue_limit (id, {_NAMES}, loaded_at, loaded_by)
SELECT n.*, $10, $11 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::date[],
                                 $8::date[], $9::text[]) AS n
"""
