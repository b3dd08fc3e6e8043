"""A chunk of rows, judged one after the other: each against what is stored and against those before it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core.clock import local
from backend.core.ids import uuid7
from backend.laboratory import import_rows, judgement_rows
from backend.laboratory.context import context_of
from backend.laboratory.import_keys import Entry, Speaks
from backend.laboratory.import_matching import Match
from backend.laboratory.import_rows import INHIBITION, RowTold
from backend.laboratory.import_work import Work
from backend.laboratory.judgements import Context
from backend.laboratory.judging import judge
from backend.laboratory.method_codes import method_code_of
from backend.laboratory.naming import analyte
from backend.laboratory.readings import Reading, Unread
from backend.laboratory.reference_rows import Analyte
from backend.laboratory.words import Calibration, Comparator, Method, RowOutcome

RESULT = (
    *("id", "row_key", "content", "sample", "unit", "instrument", "run", "import_file", "line", "sheet", "record_id"),
    *("sample_said", "analyte", "analyte_text", "method", "method_code", "comparator", "value", "unit_said"),
    *("unit_implied", "lod", "loq", "dilution", "replicate", "blank_delta", "sample_delta", "tc_ratio"),
    *("control_line", "limit_text", "channel"),
    *("instrument_verdict", "tested_at", "received_at", "judged_at"),
    *("verdict", "grade", "ph_class", "category", "judged_value", "judged_unit", "judged_limit", "judged_control"),
    *("rule", "rule_source", "instrument_disagrees", "ban_found", "reasons"),
)
"""The columns that an import fills, in the order of `Judged.results`."""


RowAt = tuple[str | None, int]


class Judged(Struct, frozen=True):
    """A chunk: an answer per row, the rows of `laboratory_result`, and the samples that they belong to.

    keys   what is new in it, by row key
    ph     of samples, as far as it tells it
    """

    rows: list[RowTold]
    results: list[tuple[Any, ...]]
    samples: dict[UUID, Match]
    keys: dict[bytes, Entry]
    ph: dict[UUID, Decimal]


def judged(
    chunk: Sequence[Entry | Unread],
    work: Work,
    before: Mapping[bytes, Mapping[str, Any]],
    matches: Mapping[Speaks, Match],
    on_its_way: Judged | None = None,
) -> Judged:
    """Every row of a chunk; nothing is asked of the database in here.

    before       what is stored under the row keys of the chunk
    on_its_way   the chunk before, which may not be stored yet
    """
    return _Judging(chunk, work, before, matches, on_its_way).all()


class _Judging:
    def __init__(
        self,
        chunk: Sequence[Entry | Unread],
        work: Work,
        before: Mapping[bytes, Mapping[str, Any]],
        matches: Mapping[Speaks, Match],
        on_its_way: Judged | None,
    ) -> None:
        self._chunk, self._work, self._before, self._matches = chunk, work, before, matches
        self._earlier = on_its_way.keys if on_its_way else {}
        self._new: dict[bytes, Entry] = {}
        self._ph_of_row, self._ph = self._acidity()
        self._ph_before = on_its_way.ph if on_its_way else {}
        self._samples_before = on_its_way.samples if on_its_way else {}
        self._results: list[tuple[Any, ...]] = []
        self._samples: dict[UUID, Match] = {}

    def all(self) -> Judged:
        rows = [import_rows.unread(each) if isinstance(each, Unread) else self._row(each) for each in self._chunk]
        return Judged(rows, self._results, self._samples, self._new, self._ph)

    def _acidity(self) -> tuple[dict[RowAt, Decimal], dict[UUID, Decimal]]:
        """The pH of a row for its metals, and that of a sample, where a file gives each analyte a row."""
        of_row: dict[RowAt, Decimal] = {}
        of_sample: dict[UUID, Decimal] = {}
        for each in self._chunk:
            if isinstance(each, Unread) or (ph := _ph(each.reading)) is None:
                continue
            of_row[each.reading.sheet, each.reading.line] = ph
            if match := self._matches.get(each.speaks):
                of_sample[match.sample_id] = ph
        return of_row, of_sample

    def _row(self, each: Entry) -> RowTold:
        stored = self._before.get(each.row_key)
        if stored is not None:
            return _again(each, stored, self._work.id)
        twin = self._new.get(each.row_key) or self._earlier.get(each.row_key)
        if twin is not None:
            outcome = RowOutcome.DUPLICATE if twin.content == each.content else RowOutcome.REFUSED
            code = "twice_in_file" if outcome is RowOutcome.DUPLICATE else "content_differs"
            day = local(self._work.received_at).date().isoformat()
            return import_rows.told(each.reading, outcome, code=code, facts={"line": twin.reading.line, "day": day})
        self._new[each.row_key] = each
        return self._stored(each)

    def _stored(self, each: Entry) -> RowTold:
        work, reading = self._work, each.reading
        match, instrument_id = self._matches[each.speaks], work.instrument(each.serial)
        calibration = work.calibration(instrument_id, each.speaks[2])
        found = judge(
            reading,
            context=self._context(reading, match, calibration),
            limits=work.tables.limits,
            cutoffs=work.tables.cutoffs,
        )
        columns = judgement_rows.columns(found)
        if match.sample_id not in self._samples:
            self._samples[match.sample_id] = self._as_it_will_be(match)
        id = uuid7(work.received_at)
        self._results.append((*self._measured(id, each, match, instrument_id), *columns.values()))
        return import_rows.told(
            reading,
            RowOutcome.STORED,
            word=judgement_rows.word(columns),
            reasons=msgspec.Raw(columns["reasons"].encode()),
            result_id=id,
            sample_id=match.sample_id,
            held=match.held,
            disagrees=found.instrument_disagrees,
            calibration=calibration.value,
            free=match.free,
        )

    def _as_it_will_be(self, match: Match) -> Match:
        """A sample that the chunk before holds is there when this one is written."""
        return msgspec.structs.replace(match, is_new=match.is_new and match.sample_id not in self._samples_before)

    def _context(self, reading: Reading, match: Match, calibration: Calibration) -> Context:
        run = self._work.run
        made = context_of(
            match.sample,
            told=self._work.told,
            received_on=local(self._work.received_at).date(),
            blank_delta=run.blank_delta if run else None,
            run_invalid=run.invalid_reasons if run else (),
            calibration=calibration,
        )
        ph = self._ph_of_row.get((reading.sheet, reading.line)) or self._ph.get(match.sample_id)
        ph = ph or self._ph_before.get(match.sample_id)
        return made if ph is None else msgspec.structs.replace(made, ph=ph)

    def _analyte(self, reading: Reading) -> Analyte | None:
        """By our own list or the county's table of limits; an enzyme test has one, whatever its column is called."""
        found = analyte(reading.analyte) or self._work.tables.limits.pesticide(reading.analyte_text)
        return found or (analyte(INHIBITION) if reading.method is Method.ENZYME_INHIBITION else None)

    def _measured(self, id: UUID, each: Entry, match: Match, instrument_id: UUID | None) -> tuple[Any, ...]:
        reading, work = each.reading, self._work
        found = self._analyte(reading)
        code = found.code if found and len(found.code) <= 40 else None
        return (
            id,
            each.row_key,
            each.content,
            match.sample_id,
            work.desk.id,
            instrument_id,
            work.run.id if work.run else None,
            work.id,
            reading.line,
            _cut(reading.sheet, 60),
            _cut(reading.record_id, 100),
            _cut(reading.sample_code or reading.sample_name, 120),
            code,
            _cut(reading.analyte_text, 80),
            reading.method.value,
            method_code_of(reading.method, code, found.sample_kind if found else None),
            reading.comparator.value,
            reading.value,
            _cut(reading.unit, 20),
            reading.unit_implied,
            reading.lod,
            reading.loq,
            reading.dilution,
            reading.replicate,
            reading.blank_delta,
            reading.sample_delta,
            reading.tc_ratio,
            reading.control_line,
            _cut(reading.limit_text, 60),
            _cut(reading.channel, 20),
            _cut(reading.instrument_verdict, 60),
            each.tested_at,
            work.received_at,
            work.received_at,
        )


def _again(each: Entry, stored: Mapping[str, Any], import_id: UUID) -> RowTold:
    """A row that is there already: from this very import when its job runs again, else a repeat or a contradiction."""
    reading = each.reading
    here = (import_id, reading.line, _cut(reading.sheet, 60))
    if here == (stored["import_file"], stored["line"], stored["sheet"]):
        return import_rows.told(
            reading,
            RowOutcome.STORED,
            word=judgement_rows.word(stored),
            reasons=msgspec.Raw(stored["reasons"].encode()),
            result_id=stored["id"],
            sample_id=stored["sample"],
            held=stored["held"],
            disagrees=stored["instrument_disagrees"],
            free=stored["free"],
        )
    same = stored["content"] == each.content
    repeat = "twice_in_file" if stored["import_file"] == import_id else "stored_before"
    return import_rows.told(
        reading,
        RowOutcome.DUPLICATE if same else RowOutcome.REFUSED,
        code=repeat if same else "content_differs",
        facts={"line": stored["line"], "day": local(stored["received_at"]).date().isoformat()},
        word=judgement_rows.word(stored) if same else None,
        result_id=stored["id"] if same else None,
        sample_id=stored["sample"] if same else None,
        held=stored["held"] if same else False,
        free=stored["free"],
    )


def _ph(reading: Reading) -> Decimal | None:
    return reading.value if reading.analyte == "ph" and reading.comparator is Comparator.EQUAL else None


def _cut(text: str | None, most: int) -> str | None:
    return text if text is None or len(text) <= most else text[:most]
