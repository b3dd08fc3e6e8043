"""The code that a visitor says aloud: eight digits, new every day, the last one a check of the others. Pure.

It follows from his card, the day and the server's secret, so nothing is stored that a copied database would give away,
and whoever overheard one can do nothing with it tomorrow.
"""

import hmac
import unicodedata
from collections.abc import Iterable
from datetime import date
from itertools import count
from uuid import UUID

LENGTH = 8
_DRAWN = 10 ** (LENGTH - 1)
_PARTED = str.maketrans("", "", " -\u2010\u2011\u2012\u2013\u2014.、，,")

# H. M. Damm's quasigroup of order 10 (Total anti-symmetrische Quasigruppen, Marburg 2004): a wrong digit, and two
# neighbours that changed places, are always found. People mishear and mistype just so.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def codes_of_day(card_ids: Iterable[UUID], day: date, *, key: bytes) -> dict[str, UUID]:
    """Whose code is which on a day. Where two would be the same the later card in the list gets another one."""
    found: dict[str, UUID] = {}
    for card_id in card_ids:
        drawn = (_code(card_id, day, number, key) for number in count())
        found[next(code for code in drawn if code not in found)] = card_id
    return found


def _code(card_id: UUID, day: date, number: int, key: bytes) -> str:
    told = b"visitor card\n%b%b%b" % (card_id.bytes, day.toordinal().to_bytes(4), number.to_bytes(2))
    digest = hmac.digest(key, told, "sha256")
    digits = f"{int.from_bytes(digest) % _DRAWN:0{LENGTH - 1}}"
    return f"{digits}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """What is written behind them.

    >>> check_digit("572")
    4
    """
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim


def plain_code(text: str) -> str | None:
    """A code as people type it, plain; None for what cannot be one.

    >>> plain_code(" 0000 0000 ") == plain_code("００００-００００") == "00000000"
    True
    >>> plain_code("00000001") is None
    True
    """
    plain = unicodedata.normalize("NFKC", text[:40]).translate(_PARTED)
    if len(plain) != LENGTH or not (plain.isascii() and plain.isdecimal()):
        return None
    return plain if check_digit(plain) == 0 else None


def said(code: str) -> str:
    """As it is shown and said, in two breaths.

    >>> said("12345678")
    '1234 5678'
    """
    return f"{code[:4]} {code[4:]}"
