"""Limits and cut-offs as they count today in this county: what is shipped, and what the county loaded beside it.

Of a standard that the county loaded only its own rows count: a full table stands for the whole standard, and a row of
ours that it does not have was withdrawn, not forgotten.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from backend.core.database import fetch
from backend.core.kept import Kept
from backend.laboratory.reference import residue_limits, residue_standards, strip_cutoffs
from backend.laboratory.reference_rows import ResidueLimit, StripCutoff
from backend.laboratory.residue_limits import Limits, shipped_limits


class Tables(Struct, frozen=True):
    """Both, for `judging.judge`."""

    limits: Limits
    cutoffs: Sequence[StripCutoff]


async def current_tables() -> Tables:
    """Limits and cut-offs; a row that was loaded or entered counts within a minute."""
    return await _kept.get()


async def current_limits() -> Limits:
    """The limits alone."""
    return (await _kept.get()).limits


async def current_cutoffs() -> Sequence[StripCutoff]:
    """The cut-offs of strips alone."""
    return (await _kept.get()).cutoffs


def forget() -> None:
    """Read anew at the next question: this process has just written."""
    _kept.forget()


async def _read() -> Tables:
    loaded = [_limit(row) for row in await fetch(_LOADED)]
    entered = [_cutoff(row) for row in await fetch(_ENTERED)]
    return Tables(_beside_shipped(loaded), (*strip_cutoffs(), *entered))


def _beside_shipped(loaded: Sequence[ResidueLimit]) -> Limits:
    if not loaded:
        return shipped_limits()
    replaced = {row.standard for row in loaded}
    kept = [row for row in residue_limits() if row.standard not in replaced]
    return Limits([*kept, *loaded], residue_standards())


_LOADED = """
SELECT standard, pesticide, commodity, except_for, limit_mg_per_kg, valid_from, valid_to, source
FROM laboratory_residue_limit WHERE ended_at IS NULL ORDER BY standard, pesticide, commodity, valid_from
"""
_ENTERED = """
SELECT analyte, tc_cutoff, kit, valid_from, valid_to, source FROM laboratory_strip_cutoff ORDER BY entered_at, id
"""

_kept = Kept(_read)


def _limit(row: Mapping[str, Any]) -> ResidueLimit:
    return ResidueLimit(**row)


def _cutoff(row: Mapping[str, Any]) -> StripCutoff:
    return StripCutoff(**row)
