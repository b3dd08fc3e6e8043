"""The document number of a briefing. Pure."""

COUNTY_DIGITS = 6


def number_said(year: int | None, serial: int | None) -> str | None:
    """As it stands on the paper; none for a draft. The brackets are those of GB/T 9704 (党政机关公文格式).

    >>> number_said(2026, 3), number_said(None, None)
    ('专报〔2026〕第3号', None)
    """
    return f"专报〔{year}〕第{serial}号" if serial else None


def county_of(division_code: str) -> str:
    """The county that counts: briefings of its townships and villages are numbered with its own.

    >>> county_of("371424108000")
    '371424'
    """
    return division_code[:COUNTY_DIGITS]
