"""A report as PDF: set by typst from a template and the report's data, with Noto's Chinese font inside.

A compiler keeps what it has set before, so the second sheet of a process costs a fraction of the first; it may not be
used by two threads at once, so each thread has its own. The interpreter is free while one is set.
"""

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import msgspec
import typst

from backend.laboratory.report_contents import in_chinese
from backend.laboratory.report_schemas import LabReportRecord
from backend.laboratory.report_sheet import sheet

TEMPLATE = Path(__file__).with_name("report.typ")
_here = threading.local()


async def pdf(report: LabReportRecord, *, address: str) -> bytes:
    """The sheets, in a thread. `address`: https://… of this server, for the code that verifies it."""
    set_now = partial(compiled, report, address=address)
    content: bytes = await asyncio.get_running_loop().run_in_executor(_setters(), set_now)
    return content


def compiled(report: LabReportRecord, *, address: str, format: Literal["pdf", "png"] = "pdf") -> Any:
    """The same, here and now. Of png: the bytes of one page, or a list of them."""
    with in_chinese():
        said = msgspec.json.encode(sheet(report, address=address)).decode()
    created = report.issued_at.replace(microsecond=0)
    return _compiler().compile(format=format, sys_inputs={"report": said}, timestamp=created, ppi=110)


@cache
def _setters() -> ThreadPoolExecutor:
    """Two at most: eight sheets on six threads took longer than one after another, and each has a compiler."""
    return ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1), thread_name_prefix="report")


def _compiler() -> typst.Compiler:
    if not hasattr(_here, "compiler"):
        _here.compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=_fonts())
    compiler: typst.Compiler = _here.compiler
    return compiler


@cache
def _fonts() -> typst.Fonts:
    """No font of the system: a sheet looks the same wherever it is set, and a missing one is seen in a test."""
    found = find_spec("manimgx_fonts_cjk")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("manimgx_fonts_cjk")
    folder = Path(found.origin).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
