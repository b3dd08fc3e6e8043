"""What keeps an item of the library from being sent: everything at once, each with its place. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from backend.antifraud.library_files import FraudType, Item, Season
from backend.push.links import has_address

SENT = ("title", "text", "stop_sentence", "say_on_phone", "if_money_gone", "sms", "read_aloud")
"""Fields that people get to read or to hear."""
SMS_PART = 70
"""Characters of one message in UCS-2 (3GPP TS 23.038, 23.040); a longer one is cut and costs as many as its parts."""
SMS_SIGNATURE = 10
"""Kept free for the sender's 【name】, which operators put before it."""
NUMBERS = frozenset({"96110", "110", "12381"})
"""The only ones a fraud text may name: a county's own line changes, and a stranger's number is how it begins."""
_DIGITS = re.compile(r"(\d(?:[- ]?\d){2,})(\s?(?:多|余)?(?:[元块万千亿人个名起次年月日天岁亩斤箱份台]|小时|分钟|%))?")
LONGEST_AMOUNT = 6
HARD_TO_READ = re.compile(r"[A-Za-z]|\d{3,}")
UNREADABLE = re.compile(r"[A-Za-z0-9]")
BY_AGE = re.compile(r"老人|老年|中老年|高龄|岁")
BY_OPINION = re.compile(r"党员|信教|信徒|宗教|政治|上访|信访|思想|观点|立场|言论")


class Wrong(Struct, frozen=True):
    """One thing that keeps an item from being sent: a code, and where (RFC 6901)."""

    code: str
    pointer: str


def wrongs(item: Item, *, types: Iterable[FraudType], on: date) -> tuple[Wrong, ...]:
    """All that is wrong with an item on a day in Shandong; nothing: it may be sent."""
    return (
        *_of_its_type(item, types, on),
        *_of_its_words(item),
        *_of_its_sms(item),
        *_of_its_audience(item),
        *_of_its_days(item, on),
        *_of_its_approval(item),
    )


def _of_its_type(item: Item, types: Iterable[FraudType], on: date) -> Iterator[Wrong]:
    if not any(each.code == item.fraud_type and each.valid_from <= on for each in types):
        yield Wrong("type_unknown", "/fraud_type")
    if all(each.sure == "K" for each in item.sources):  # what specialists know is no public document
        yield Wrong("source_missing", "/sources")


def _of_its_words(item: Item) -> Iterator[Wrong]:
    for name in SENT:
        said = _plain(getattr(item, name) or "")
        if has_address(said):
            yield Wrong("link_in_text", f"/{name}")
        if any(_is_number(*found.groups()) for found in _DIGITS.finditer(said)):
            yield Wrong("number_in_text", f"/{name}")
    if item.read_aloud is None and HARD_TO_READ.search(_plain(item.text + item.if_money_gone)):
        yield Wrong("read_aloud_missing", "/read_aloud")
    if item.read_aloud and UNREADABLE.search(_plain(item.read_aloud)):
        yield Wrong("read_aloud_has_digits_or_letters", "/read_aloud")


def _plain(text: str) -> str:
    """Full-width letters, digits and dots are no hiding place."""
    return unicodedata.normalize("NFKC", text)


def _is_number(digits: str, unit: str | None) -> bool:
    """Whether digits are somebody's number rather than an amount."""
    bare = re.sub(r"\D", "", digits)
    return bare not in NUMBERS and (unit is None or len(bare) > LONGEST_AMOUNT)


def _of_its_sms(item: Item) -> Iterator[Wrong]:
    if sms_length(item.sms) > SMS_PART - SMS_SIGNATURE:
        yield Wrong("sms_too_long", "/sms")


def sms_length(text: str) -> int:
    """In the units that operators count, UTF-16: a rare character or an emoji is two.

    >>> sms_length("不转账🙅")
    5
    """
    return len(text.encode("utf-16-le")) // 2


def _of_its_audience(item: Item) -> Iterator[Wrong]:
    """By situation: victims are 37 years old on average (MPS 2024), and what somebody thinks is nobody's business."""
    if not item.audience:
        yield Wrong("audience_missing", "/audience")
    for number, who in enumerate(item.audience):
        if BY_AGE.search(who):
            yield Wrong("audience_by_age", f"/audience/{number}")
        if BY_OPINION.search(who):
            yield Wrong("audience_by_opinion", f"/audience/{number}")


def _of_its_days(item: Item, on: date) -> Iterator[Wrong]:
    if item.valid_to < item.valid_from:
        yield Wrong("ends_before_it_begins", "/valid_to")
    elif on < item.valid_from:
        yield Wrong("not_yet_valid", "/valid_from")
    elif item.valid_to < on:
        yield Wrong("expired", "/valid_to")


def _of_its_approval(item: Item) -> Iterator[Wrong]:
    if not (item.approved_by and item.approved_on):
        yield Wrong("not_approved", "/approved_by")
    elif item.approved_digest != words_digest(item):
        yield Wrong("changed_since_approval", "/approved_digest")


def words_digest(item: Item) -> str:
    """What an approval holds on to: another word sent, and it is another digest."""
    said = [*(getattr(item, name) for name in SENT), item.basis.statement]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def approved(item: Item, *, by: str, on: date) -> Item:
    """The item with an approval of the words as they stand.

    by   a unit and its office, such as 冠县公安局反诈中心; no person's name
    """
    return replace(item, approved_by=by, approved_on=on, approved_digest=words_digest(item))


def in_season(season: Season, day: date) -> bool:
    """Whether it is the time of year for it. Out of season an item may still be sent; it is only not offered first."""
    return season == "all" or day.month in season
