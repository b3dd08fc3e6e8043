"""A report without a database, for tests of its sheet."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from backend.cases.schemas import PersonShown
from backend.laboratory.report_schemas import LabReportRecord, ReportContents, ReportLine
from backend.laboratory.words import RunKind, SampleKind

AT = datetime(2026, 5, 12, 2, 30, tzinfo=UTC)
SOMEBODY = UUID("01890000-0000-7000-8000-000000000001")
ADDRESS = "https://lianxin.example"


def line(**said: Any) -> ReportLine:
    """A positive inhibition test."""
    given: dict[str, Any] = {
        "analyte": "抑制率",
        "value": "63.2",
        "unit": "%",
        "limit": "50 % 起为阳性",
        "method": "酶抑制法（农残速测） GB/T 5009.199-2003",
        "verdict": "positive",
        "verdict_says": "阳性",
        "rule": "GB/T 5009.199-2003; Lianxin bands 2026-01",
        "source": "GB/T 5009.199-2003 [2+]",
        "instrument_verdict": "合格",
        "disagrees": True,
        "tested_at": AT,
        "instrument": "NC-800 NC-1001",
        "calibration": "仪器在校准期内",
        "why": ["抑制率 63.2 %，达到或超过 50 %。"],
    }
    return ReportLine(**(given | said))


def report(*, superseded_by: str | None = None, **said: Any) -> LabReportRecord:
    """A report of a free test of chives."""
    given: dict[str, Any] = {
        "number": "JC618033988739",
        "issued_at": AT,
        "studio": "农技工作室",
        "studio_phone": "0635-3950000",
        "issued_by": "于化验",
        "sample_code": "NY-001",
        "sample_kind": SampleKind.PRODUCE,
        "run_kind": RunKind.ADVICE,
        "crop": "韭菜",
        "plot": "村东大棚",
        "village": "梁村镇韩庄村",
        "depth": None,
        "cores_n": None,
        "sampled_on": date(2026, 5, 11),
        "received_at": AT,
        "way": ["2026-05-11 09:30 送到梁村检测点（冷藏，4.0 ℃）"],
        "lines": [line()],
        "overall": "stop",
        "overall_says": "偏高，先别卖",
        "means": "第一次测得偏高，也可能是误差：再测 2 次才算数。",
        "what_to_do": ["这批菜先别采、先别卖、先别吃。"],
        "caution": ["结果只对送来的这份样品负责。"],
    }
    contents = ReportContents(**(given | said))
    return LabReportRecord(
        id=SOMEBODY,
        number=contents.number,
        sample_id=SOMEBODY,
        issued_at=AT,
        issued_by=PersonShown(SOMEBODY, "于化验"),
        contents=contents,
        sha256="ab" * 32,
        signature="cd" * 64,
        key_id="0123456789abcdef",
        verify_url=f"/t/{contents.number}",
        pdf_url="",
        slip_url=None,
        superseded_by=superseded_by,
    )
