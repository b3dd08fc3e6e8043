"""The circumstances of a reading, gathered from its sample, its file, its run and the state of its instrument.

What stands on the sample counts; what was told of a whole file fills in what the sample does not say.
"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core.clock import local
from backend.core.database import fetch
from backend.laboratory.judgements import Context
from backend.laboratory.words import Calibration, InvalidRun, LandUse, RunKind, SampleKind

Row = Mapping[str, Any]


class Told(Struct, frozen=True, kw_only=True):
    """What somebody said of a whole file: commodity (code or name), day of sampling, produce or soil, land use."""

    crop: str | None = None
    on: date | None = None
    kind: SampleKind | None = None
    land_use: LandUse | None = None


NOTHING_TOLD = Told()

SAMPLE = """
s.sampled_on, s.kind, s.run_kind, s.land_use, coalesce(s.crop_code, s.crop_said) AS crop,
(SELECT p.value FROM laboratory_result p WHERE p.sample = s.id AND p.analyte = 'ph' AND p.value IS NOT NULL
 AND p.comparator = '=' ORDER BY coalesce(p.tested_at, p.received_at) DESC, p.line DESC LIMIT 1) AS ph
"""
"""What `context_of` asks of a sample `s`; its pH is the newest that was measured."""


async def contexts(sample_ids: Collection[UUID], *, told: Told = NOTHING_TOLD) -> dict[UUID, Context]:
    """The context that each sample gives by itself. An importer adds what belongs to a row or a run, by
    `msgspec.structs.replace`: ph (of the row's group), received_on, lod, blank_delta, run_invalid, calibration.
    """
    rows = await fetch(f"SELECT s.id, {SAMPLE} FROM laboratory_sample s WHERE s.id = ANY($1::uuid[])", list(sample_ids))
    return {row["id"]: context_of(row, told=told) for row in rows}


def context_of(
    sample: Row,
    *,
    told: Told = NOTHING_TOLD,
    received_on: date | None = None,
    lod: Decimal | None = None,
    blank_delta: Decimal | None = None,
    run_invalid: Collection[str] = (),
    calibration: Calibration = Calibration.UNKNOWN,
) -> Context:
    """The context of one reading.

    sample        a row with the columns of `SAMPLE`
    received_on   the day on which the file came
    blank_delta, run_invalid   of the run that it belongs to
    """
    kind, land_use = sample["kind"] or told.kind, sample["land_use"] or told.land_use
    return Context(
        sampled_on=sample["sampled_on"] or told.on,
        received_on=received_on,
        sample_kind=SampleKind(kind) if kind else None,
        crop=sample["crop"] or told.crop,
        land_use=LandUse(land_use) if land_use else None,
        ph=sample["ph"],
        run_kind=RunKind(sample["run_kind"]),
        blank_delta=blank_delta,
        run_invalid=tuple(InvalidRun(each) for each in run_invalid),
        lod=lod,
        calibration=calibration,
    )


def day_of_test(row: Row) -> date:
    """The day for which an instrument's calibration is asked: of the test, else that on which the file came.

    row   with tested_at and received_at, aware
    """
    return local(row["tested_at"] or row["received_at"]).date()
