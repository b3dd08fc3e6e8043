"""The shapes of importing an instrument's file: an answer per row, and how far a long one has come."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import PersonShown, UnitShown
from backend.core.shapes import NO_NUL
from backend.laboratory.words import ImportDoor, ImportState, LandUse, RowOutcome, RunKind, SampleKind


class NewImport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is told of a whole file; it counts where neither a row nor a received sample says it.

    dry_run        only look: nothing is stored
    unit_id        the desk that tested; the own one unless told
    instrument_id  for rows without a serial
    profile        the parser profile by name, where the file does not show it itself
    crop, kind     what was sampled: a commodity by code or name; produce or soil
    land_use       of soils: paddy, upland, orchard or rotation, without which heavy metals have no verdict
    run_kind       of samples that nobody received; supervision: the authority took them
    run_id         the run that it is the file of: its blank and its validity count
    """

    dry_run: bool = False
    unit_id: UUID | None = None
    instrument_id: UUID | None = None
    profile: Annotated[str, Meta(min_length=1, max_length=60, pattern="^[a-z0-9_]+$")] | None = None
    crop: Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL)] | None = None
    sampled_on: date | None = None
    kind: SampleKind | None = None
    land_use: LandUse | None = None
    run_kind: RunKind = RunKind.ADVICE
    run_id: UUID | None = None


class ImportRow(Struct, frozen=True, kw_only=True, gc=False):
    """What became of one row.

    line        of the file (of the sheet), headers included; 0 is the file as a whole
    sample      its code, else its name, as it stood
    verdict     negative, suspect, positive, invalid; of soil a grade ("1" to "6"), a pH class or a category; null:
                nothing could be said, and `reason` says why
    instrument_verdict   word for word
    reason      why, in the reader's language: of the judgement, of the repeat, or of the refusal (with its column)
    """

    line: int
    outcome: RowOutcome
    sample: str | None = None
    analyte: str | None = None
    comparator: str | None = None
    value: float | None = None
    unit: str | None = None
    verdict: str | None = None
    instrument_verdict: str | None = None
    reason: str = ""
    sheet: str | None = None
    column: str | None = None
    result_id: UUID | None = None
    sample_id: UUID | None = None
    held: bool = False
    disagrees: bool = False
    calibration: str | None = None


class ImportAnswer(Struct, frozen=True, kw_only=True):
    """What became of a file.

    id           where it is followed and read again: /api/v1/laboratory/imports/{id}; null: it was only tried
    cut_off      the file ends in the middle of a row
    profile, encoding   what it was taken for
    held         samples of it that nobody received: they wait to be joined
    """

    stored: int
    duplicate: int
    refused: int
    rows: list[ImportRow]
    id: UUID | None = None
    dry_run: bool = False
    cut_off: bool = False
    profile: str | None = None
    encoding: str | None = None
    instrument_serial: str | None = None
    held: int = 0


class ImportRecord(Struct, frozen=True, kw_only=True):
    """A file, and how far it has come.

    lines_n     to read, as far as one can tell beforehand; null for a workbook
    problem     of a file that failed as a whole, or ends in the middle, in the reader's language
    held        samples that it was the first to tell of, and that still wait to be joined
    same_as     the same bytes came before, as this import
    """

    id: UUID
    unit: UnitShown
    file_name: str
    size_bytes: int
    sha256: str
    door: ImportDoor
    dry_run: bool
    profile: str | None
    encoding: str | None
    instrument_serial: str | None
    state: ImportState
    received_at: datetime
    finished_at: datetime | None
    by: PersonShown | None
    lines_n: int | None
    read_n: int
    stored: int
    duplicate: int
    refused: int
    held: int
    problem: str | None
    has_original: bool
    same_as: UUID | None
