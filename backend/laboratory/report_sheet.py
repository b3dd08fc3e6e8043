"""What stands where on a report's sheet: its data for `report.typ`, every word already said."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import segno

from backend.cases import numbers
from backend.core.words import say
from backend.laboratory.farmer_telling import Picture
from backend.laboratory.report_schemas import LabReportRecord, ReportContents, ReportLine
from backend.laboratory.report_words import moment, tone
from backend.laboratory.words import RunKind, SampleKind

FONT = "Noto Sans CJK SC"
PICTURE_TONES = {Picture.STOP: "bad", Picture.WATCH: "warn", Picture.CLEAR: "good", Picture.SOIL: "good"}


def _(msgid: str) -> str:
    return msgid


def sheet(report: LabReportRecord, *, address: str) -> dict[str, Any]:
    """All that `report.typ` asks for: texts, in the language of this request. `address`: https://… of this server."""
    said = report.contents
    verify = f"{address}/t/{report.number}"
    rules = list(dict.fromkeys(each.rule for each in said.lines if each.rule))
    return {
        "font": FONT,
        "labels": _labels(),
        "title": say(
            _("Soil test report") if said.sample_kind is SampleKind.SOIL else _("Pesticide residue test report")
        ),
        "studio": said.studio,
        "studio_phone": said.studio_phone,
        "number": report.number,
        "number_said": _grouped(report.number),
        "issued": moment(said.issued_at),
        "issued_by": said.issued_by,
        "kind_of_test": say(FREE if said.run_kind is RunKind.ADVICE else SUPERVISION),
        "not_proof": say(NO_PROOF) if said.run_kind is RunKind.ADVICE else "",
        "picture": said.overall,
        "picture_tone": PICTURE_TONES.get(Picture(said.overall), "plain"),
        "overall_says": said.overall_says,
        "means": said.means,
        "what_to_do": said.what_to_do,
        "advice": said.advice,
        "lines": [_line(each, rules) for each in said.lines],
        "sample": _sample(said),
        "way": said.way,
        "caution": said.caution,
        "sources": _sources(said.lines, rules),
        "instruments": _instruments(said.lines),
        "marks": say(MARKS) if any("[" in (each.source or "") for each in said.lines) else "",
        "superseded": None if report.superseded_by is None else _superseded(report.superseded_by),
        "sha256": _in_fours(report.sha256),
        "signature": _in_fours(report.signature),
        "key_id": report.key_id,
        "verify": verify,
        "qr": _qr(verify),
    }


FREE = _("A free test: advice for the grower, not an inspection, and no proof for a buyer.")
SUPERVISION = _("A sampling by the authority")
NO_PROOF = _("Free test, no certificate")


def _labels() -> dict[str, Any]:
    columns = (
        _("Sheet: measured"),
        _("Sheet: found"),
        _("Sheet: limit or range"),
        _("Sheet: verdict"),
        _("Sheet: method and rule"),
    )
    return {
        "number": say(_("Sheet: number")),
        "issued": say(_("Sheet: issued")),
        "verify": say(_("Sheet: scan to verify")),
        "what_to_do": say(_("Sheet: what to do now")),
        "phone": say(_("Questions? Ring:")),
        "advice": say(_("Advice on fertiliser, signed")),
        "results": say(_("Sheet: what was measured")),
        "columns": [say(each) for each in columns],
        "sample": say(_("Sheet: the sample")),
        "way": say(_("Sheet: its way to the bench")),
        "caution": say(_("Sheet: what this report is not")),
        "sources": say(_("Sheet: where the limits come from")),
        "issued_by": say(_("Sheet: issued by")),
        "stamp": say(_("Signature or stamp: ____________________")),
        "digest": say(_("Digest (SHA-256) of what this report says:")),
        "signature": say(_("Signature (Ed25519), key ")),
        "how_to_verify": say(_("To verify: scan the code above, or open")),
        "soil_mark": say(_("Sheet: soil mark")),
    }


def _line(each: ReportLine, rules: Sequence[str]) -> dict[str, Any]:
    theirs = None
    if each.instrument_verdict:
        differs = _("The instrument says: {theirs} (differs)")
        theirs = say(differs if each.disagrees else _("The instrument says: {theirs}"), theirs=each.instrument_verdict)
    return {
        "analyte": each.analyte,
        "value": each.value,
        "unit": each.unit,
        "limit": each.limit or "—",
        "verdict_says": each.verdict_says,
        "tone": tone(each.verdict, level=each.level),
        "bars_filled": each.bars_filled,
        "bars_n": each.bars_n,
        "instrument_says": theirs,
        "method": each.method,
        "rule": say(_("Sheet: rule {mark}"), mark=_mark(rules.index(each.rule))) if each.rule else "",
        "why": " ".join(each.why),
    }


def _sample(said: ReportContents) -> list[tuple[str, str]]:
    told: Sequence[tuple[str, str | None]] = (
        (_("Sheet: sample number"), said.sample_code),
        (_("Sheet: crop"), said.crop),
        (_("Sheet: place"), said.village),
        (_("Sheet: field"), said.plot),
        (_("Sheet: depth"), said.depth),
        (_("Sheet: cores mixed"), None if said.cores_n is None else str(said.cores_n)),
        (_("Sheet: sampled on"), said.sampled_on.isoformat() if said.sampled_on else None),
        (_("Sheet: handed in"), moment(said.received_at)),
    )
    return [(say(name), value) for name, value in told if value]


MARKS = _("Marks of sources: [2+] two or more agree; [1] one; [K] from knowledge, to be checked.")
CIRCLED_ONE = 0x2460
CIRCLED_N = 20


def _mark(n: int) -> str:
    """① ② … as a table refers to its foot."""
    return chr(CIRCLED_ONE + n) if n < CIRCLED_N else f"({n + 1})"


def _sources(lines: Sequence[ReportLine], rules: Sequence[str]) -> list[str]:
    """Each rule once, with where its numbers come from and how sure we are; both have Chinese in the catalogue."""
    found: dict[str, None] = {}
    for each in lines:
        if each.rule:
            source = f"：{say(each.source)}" if each.source else ""
            found[f"{_mark(rules.index(each.rule))} {say(each.rule)}{source}"] = None
    return list(found)


def _instruments(lines: Sequence[ReportLine]) -> list[str]:
    """What measured, when first and last, and whether it was calibrated."""
    days: dict[tuple[str, str], list[str]] = {}
    for each in lines:
        if each.instrument:
            told = days.setdefault((each.instrument, (each.calibration or "").rstrip("。.")), [])
            told += [moment(each.tested_at)] if each.tested_at else []
    return [
        say(_("Sheet: instrument {name}"), name="，".join(filter(None, (name, calibration, _span(at)))))
        for (name, calibration), at in days.items()
    ]


def _span(at: Sequence[str]) -> str:
    if not at:
        return ""
    return min(at) if min(at) == max(at) else f"{min(at)} – {max(at)}"


def _superseded(number: str) -> str:
    return say(_("This report counts no more: {number} has replaced it."), number=_grouped(number))


def _grouped(number: str) -> str:
    return f"{number[:2]} {numbers.grouped(number[2:])}"


def _in_fours(digits: str) -> str:
    return " ".join(re.findall(".{1,8}", digits))


def _qr(address: str) -> str:
    written = BytesIO()
    segno.make(address, error="m", micro=False).save(written, kind="svg", border=2, scale=4, xmldecl=False)
    return written.getvalue().decode()
