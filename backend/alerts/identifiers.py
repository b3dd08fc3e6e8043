"""Identifiers of warnings by GB/T 35965.1-2018: `ZZZZZZDDDUUUXX_YYYYMMDDhhmmss_N`, 31 characters, in Beijing's time.

ZZZZZZ  the publisher's county, GB/T 2260    DDD  the publishing body, GB/T 4657 (three digits)
UUU     a unit of that body                  XX   for extensions         N  0 to 9: the one of that second
"""

import re
from datetime import datetime

from backend.core.clock import SHANGHAI

MOST_IN_A_SECOND = 10
_SHAPE = re.compile(r"(?P<issuer>\d{6}\d{3}\d{3}[0-9A-Z]{2})_(?P<at>\d{14})_(?P<number>\d)")
_ISSUER = re.compile(r"\d{12}[0-9A-Z]{2}")


class IssuerWrong(ValueError):
    """A publisher's code is not 6 + 3 + 3 digits and two characters."""


def issuer(*, county_code: str, body: str, unit: str = "000", extension: str = "00") -> str:
    """The first fourteen characters, the same for all warnings of a publisher. Raises IssuerWrong.

    >>> issuer(county_code="371526000000", body="312")
    '37152631200000'
    """
    code = f"{county_code[:6]}{body}{unit}{extension}"
    if not _ISSUER.fullmatch(code):
        raise IssuerWrong(code)
    return code


def identifier(*, issuer: str, sent: datetime, number: int) -> str:
    """A warning's identifier; `number` tells those of one second apart.

    >>> from datetime import UTC
    >>> identifier(issuer="37152631200000", sent=datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC), number=0)
    '37152631200000_20261122090203_0'
    """
    if not 0 <= number < MOST_IN_A_SECOND:
        raise ValueError(f"Ten warnings a second have numbers, this is one of {number}")
    return f"{issuer}_{sent.astimezone(SHANGHAI):%Y%m%d%H%M%S}_{number}"


def is_identifier(text: str) -> bool:
    """Whether a text has the standard's shape, and a moment that there is.

    >>> is_identifier("37152631200000_20261122090203_0"), is_identifier("37152631200000_20261322090203_0")
    (True, False)
    """
    found = _SHAPE.fullmatch(text)
    if found is None:
        return False
    try:
        datetime.strptime(found["at"], "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return False
    return True
