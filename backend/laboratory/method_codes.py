"""Which method a result was measured by, in our own list, and what farm software calls the same.

A soil tester seldom says how it extracts; the code then names what its figure is read as, the national method of that
analyte. AgGateway's Modus 2 has a code for some of them (`modus_fit`): the same extraction, ratio, time and reading; or
`near`, which is told beside and never in the place of the same. Modus marks its rows PROVISIONAL, OFFICIAL and so on.
"""

from collections.abc import Mapping
from functools import cache

from backend.laboratory.reference import read_rows
from backend.laboratory.reference_rows import Named
from backend.laboratory.words import Method, SampleKind


class MethodCode(Named, frozen=True, kw_only=True):
    """One method. Without an analyte: for all that have none of their own.

    standard   where the method is laid down; modus_fit: same or near; acceptance and status are Modus's own words
    """

    method: Method
    analyte: str | None = None
    standard: str | None = None
    modus_code: str | None = None
    modus_fit: str | None = None
    modus_acceptance: str | None = None
    modus_status: str | None = None


@cache
def method_codes() -> Mapping[str, MethodCode]:
    """By code."""
    return {each.code: each for each in read_rows(MethodCode, "method_codes.csv")}


def method_code_of(method: Method, analyte: str | None, kind: SampleKind | None = None) -> str | None:
    """Our code; null where the file does not say how it was measured and the kind of analyte does not either.

    kind   of what the analyte is measured in (`reference_rows.Analyte.sample_kind`)

    >>> method_code_of(Method.SOIL_TEST, "olsen_p"), method_code_of(Method.SOIL_TEST, "cadmium")
    ('soil_p_olsen', 'soil_test')
    >>> method_code_of(Method.UNKNOWN, "ph", SampleKind.SOIL), method_code_of(Method.UNKNOWN, "fipronil")
    ('soil_ph_water_2_5', None)
    """
    if method is Method.UNKNOWN and kind is SampleKind.SOIL:
        method = Method.SOIL_TEST
    return _by_measured().get((method, analyte)) or _by_measured().get((method, None))


def modus_code_of(code: str | None) -> str | None:
    """The Modus 2 code of the same method; null where there is none, or only a near one.

    >>> modus_code_of("soil_p_olsen"), modus_code_of("soil_k_nh4oac"), modus_code_of("strip")
    ('L_MODV2_SOIL_P_045', None, None)
    """
    row = method_codes().get(code or "")
    return row.modus_code if row and row.modus_fit == "same" else None


@cache
def _by_measured() -> Mapping[tuple[Method, str | None], str]:
    return {(each.method, each.analyte): each.code for each in method_codes().values()}
