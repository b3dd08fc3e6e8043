"""Pure rules: phone numbers, lock-outs, refresh tokens, access keys, station codes."""

import hashlib
import hmac
import re
import unicodedata
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from backend.core.refusals import FieldError, Invalid
from backend.people.policies import SignInPolicy

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128

_DECORATION = re.compile(r"[\s\-‐-―()（）.]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def normal_phone(text: str) -> str:
    """A phone number as E.164, Chinese unless it says otherwise. Raises Invalid.

    >>> normal_phone("199 0000-0001") == normal_phone("+86 199 0000 0001") == normal_phone("008619900000001")
    True
    >>> normal_phone("0635-3950001")
    '+866353950001'
    """
    digits = _DECORATION.sub("", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^00", "+", digits)
    if re.fullmatch(r"86(1[0-9]{10})", digits):
        digits = "+" + digits
    if not digits.startswith("+"):
        digits = "+86" + digits.removeprefix("0")
    if not (digits.isascii() and _E164.fullmatch(digits)):
        raise Invalid(
            "Not a phone number.", errors=[FieldError(pointer="/phone", detail="Not a phone number.", code="phone")]
        )
    return digits


def checked_password(password: str) -> str:
    """The password itself, 8 to 128 characters. Raises Invalid."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        wrong = "A password has {least} to {most} characters."
        facts = {"least": SHORTEST_PASSWORD, "most": LONGEST_PASSWORD}
        raise Invalid(
            wrong, errors=[FieldError(pointer="/password", detail=wrong, code="length", facts=facts)], **facts
        )
    return password


def lock_span(failures: int, policy: SignInPolicy) -> timedelta | None:
    """How long a phone number is closed after so many failures in a row: none, then 15, 30, 60 … minutes."""
    over = failures - policy.failures_before_lock
    if over < 0:
        return None
    return min(policy.first_lock * 2 ** min(over, 16), policy.longest_lock)


def derived_token(purpose: str, seed: str, *, key: bytes) -> str:
    """43 characters that only the holder of `key` can work out from `seed`: the same ones each time."""
    digest = hmac.new(key, f"{purpose}\n{seed}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def sha256(token: str) -> bytes:
    """What is stored of a token. It holds 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def may_reissue(*, used_at: datetime, successor_used: bool, at: datetime, policy: SignInPolicy) -> bool:
    """Whether a used refresh token shown again is a phone that lost the answer, and not a thief.

    Within the grace period, and only while nobody has used the successor. Both get the very same successor, so if
    there are two holders the slower one shows a used token next time and the family is shut then.
    """
    return not successor_used and at - used_at <= policy.refresh_grace


STATION_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32: no I, L, O (read as 1, 1, 0) and no U. https://www.crockford.com/base32.html"""
STATION_CODE_LENGTH = 16
_AS_READ = str.maketrans("ILO", "110", " -\u2010\u2011\u2012\u2013\u2014")


def code_of(token: str) -> str:
    """80 of a token's bits in letters that nobody mistakes."""
    number = int.from_bytes(hashlib.sha256(token.encode()).digest()[:10], "big")
    return "".join(STATION_CODE_LETTERS[(number >> 5 * at) & 31] for at in reversed(range(STATION_CODE_LENGTH)))


def grouped(code: str) -> str:
    """As it is printed.

    >>> grouped("7K3M9QXT0ABCDEFG")
    '7K3M-9QXT-0ABC-DEFG'
    """
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def station_code(text: str) -> str | None:
    """A code as people write it, plain; None for what cannot be one.

    >>> station_code(" 7k3m-9qxt oabc-defg ")
    '7K3M9QXT0ABCDEFG'
    """
    plain = unicodedata.normalize("NFKC", text[:80]).upper().translate(_AS_READ)
    return plain if len(plain) == STATION_CODE_LENGTH and set(plain) <= set(STATION_CODE_LETTERS) else None
