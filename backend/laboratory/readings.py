"""One row of what an instrument wrote, in our words; and a row that could not be read.

Values without a way back to themselves: the collector of cycles need not walk through a hundred thousand of them
(`gc=False`), which costs as much as judging them.
"""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from backend.laboratory.words import Comparator, LandUse, Method


class Reading(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What one row says. Texts as they stood, normalised to half width and stripped.

    line                1 is the first line of the file (of the sheet), headers included
    analyte             our code where the profile knows it, else null; `analyte_text` as it stood
    value, unit         the number as it stood, in the unit that was said or that the profile implies (`unit_implied`)
    lod, loq            of the method, in the value's unit; of “not detected” the former is the value
    dilution            what the value was already multiplied by, as the instrument says
    blank_delta, sample_delta   ΔA₀ and ΔAₜ over three minutes, where the file has absorbances
    tc_ratio, control_line      of a strip: T/C, and whether the C line is there
    limit_text          the limit that the instrument printed beside it
    instrument_verdict  word for word
    record_id           the instrument's own number of the record, with `device_serial` the identity of a row
    raw                 the whole row as it came, by header
    """

    line: int
    sample_code: str | None = None
    sample_name: str | None = None
    analyte: str | None = None
    analyte_text: str | None = None
    method: Method = Method.UNKNOWN
    comparator: Comparator = Comparator.EQUAL
    value: Decimal | None = None
    unit: str | None = None
    unit_implied: bool = False
    lod: Decimal | None = None
    loq: Decimal | None = None
    dilution: Decimal | None = None
    replicate: int | None = None
    blank_delta: Decimal | None = None
    sample_delta: Decimal | None = None
    tc_ratio: Decimal | None = None
    control_line: bool | None = None
    limit_text: str | None = None
    instrument_verdict: str | None = None
    tested_at: datetime | None = None
    channel: str | None = None
    operator: str | None = None
    place: str | None = None
    land_use: LandUse | None = None
    tested_unit: str | None = None
    device_serial: str | None = None
    record_id: str | None = None
    sheet: str | None = None
    raw: dict[str, str] = {}


class Unread(Struct, frozen=True, kw_only=True, gc=False):
    """A row that could not be read: where, why (a code that has its Chinese sentence), and what stood there."""

    line: int
    reason: str
    column: str | None = None
    seen: str | None = None
    sheet: str | None = None
