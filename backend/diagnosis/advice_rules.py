"""What advice must say and may not say: bans by day, dose and intervals where a pesticide is named, what only warns."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct

from backend.core.refusals import FieldError, Refusal
from backend.diagnosis.answer_schemas import Advice, BanRecord, Product
from backend.diagnosis.words import ProductKind

REGISTRATION = re.compile(r"^(PD|LS|WP|EX)\d{5,10}([-F]\w+)*$", re.IGNORECASE)
"""How a registration begins: PD20070001 and the older PD84125-3; LS and EX were temporary, WP is for hygiene."""

ASKED_FOR = ("dose", "dose_unit", "pre_harvest_days")
MISSING = "With a pesticide the farmer needs its dose, unit, interval and pre-harvest days; a fertiliser needs none."


class PesticideBanned(Refusal):
    """The pesticide may not be used on this crop on that day. `errors` point at each product."""

    status, code, title = 409, "diagnosis/pesticide-banned", "This pesticide is banned"


class AdviceIncomplete(Refusal):
    """A pesticide is named without what a farmer needs in order to use it safely."""

    status, code, title = 400, "diagnosis/advice-incomplete", "The advice lacks something"


class Ban(Struct, frozen=True, kw_only=True):
    """A ban as it is judged. `names`: folded, of the substance and its aliases; `not_in`: folded lookalikes."""

    record: BanRecord
    names: frozenset[str]
    not_in: tuple[str, ...]

    @classmethod
    def of(cls, record: BanRecord) -> "Ban":
        """From the row."""
        names = frozenset(folded(each) for each in (record.substance, record.name_zh, *record.aliases))
        return cls(record=record, names=names, not_in=tuple(folded(each) for each in record.not_in))

    def counts(self, *, on: date, crop_code: str) -> bool:
        """Whether it is in force on a day for a crop."""
        return self.begun(on=on) and (not self.record.crops or crop_code in self.record.crops)

    def begun(self, *, on: date) -> bool:
        """Whether it is in force on a day, for some crop or other."""
        return self.record.valid_from <= on and (self.record.valid_to is None or on <= self.record.valid_to)

    def is_named_in(self, text: str) -> bool:
        """Whether a folded text names it: a Chinese name anywhere, a Latin one or a number as a word of its own."""
        for longer in self.not_in:
            text = text.replace(longer, " ")
        return any(_names(name, text) for name in self.names)


def folded(text: str) -> str:
    """One spelling of many: full width, capitals, blanks, dashes.

    >>> folded("３％ 克百威 (Carbofuran)")
    '3%克百威(carbofuran)'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[-‐‑–—_]", " ", re.sub(r"(?<![a-z0-9])\s+|\s+(?![a-z0-9])", "", plain)).strip()


def _names(name: str, text: str) -> bool:
    if not name.isascii():
        return name in text
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None


def last_treatment(product: Product, advice: Advice, *, given_on: date) -> date:
    """The last day on which a product is to be used, as far as it is planned.

    >>> twice = Product(name="x", times=3, interval_days=7)
    >>> last_treatment(twice, Advice(treat_on=date(2026, 5, 20)), given_on=date(2026, 5, 18))
    datetime.date(2026, 6, 3)
    """
    first = max(advice.treat_on or given_on, given_on)
    return first + timedelta(days=((product.times or 1) - 1) * (product.interval_days or 0))


def ban_on(product: Product, advice: Advice, bans: Sequence[Ban], *, given_on: date, crop_code: str) -> Ban | None:
    """The ban that stands against a product, on the day of the answer or on a day of treatment: the longest in force.

    It is looked up by substance and by name, whatever the product says it is.
    """
    said = [folded(each) for each in (product.substance, product.name) if each]
    until = last_treatment(product, advice, given_on=given_on)
    against = [
        ban
        for ban in bans
        if any(ban.counts(on=day, crop_code=crop_code) for day in (given_on, until))
        and any(ban.is_named_in(each) for each in said)
    ]
    return min(against, key=lambda ban: ban.record.valid_from, default=None)


def check_bans(advice: Advice, bans: Sequence[Ban], *, given_on: date, crop_code: str) -> None:
    """Raises PesticideBanned (409), with the rule of each product that is banned."""
    found = [
        (at, ban.record)
        for at, product in enumerate(advice.products)
        if (ban := ban_on(product, advice, bans, given_on=given_on, crop_code=crop_code))
    ]
    if found:
        rule = found[0][1]
        raise PesticideBanned(
            "{substance} may not be used since {since} ({source}). Take another pesticide that is registered for this "
            "crop, or advise without one; if he has some left, tell him to hand it in and not to use it.",
            **_rule(rule),
            errors=[_forbidden(at, ban) for at, ban in found],
        )


def _rule(ban: BanRecord) -> dict[str, object]:
    return {"substance": f"{ban.name_zh} ({ban.substance})", "since": ban.valid_from.isoformat(), "source": ban.source}


def _forbidden(at: int, ban: BanRecord) -> FieldError:
    return FieldError(
        pointer=f"/advice/products/{at}",
        detail="{substance} is banned since {since}: {source}",
        code="banned",
        facts=_rule(ban),
    )


def check_complete(advice: Advice) -> None:
    """Raises AdviceIncomplete (400), with a pointer to each thing that is missing."""
    errors = [
        FieldError(pointer=f"/advice/products/{at}/{field}", detail=MISSING, code="missing")
        for at, product in enumerate(advice.products)
        for field in _missing(product)
    ]
    if errors:
        raise AdviceIncomplete(MISSING, errors=errors)


def _missing(product: Product) -> Iterator[str]:
    if product.kind is not ProductKind.PESTICIDE:
        return
    yield from (field for field in ASKED_FOR if getattr(product, field) in (None, ""))
    if product.interval_days is None and product.times != 1:
        yield "interval_days"


def warnings(advice: Advice, bans: Sequence[Ban], *, said: Sequence[str], given_on: date, crop_code: str) -> list[str]:
    """What is odd and still goes out, as codes for the expert.

    said   the answer's other words; a banned name in them may be a warning to the farmer, and warns only
    """
    sprayed = [product for product in advice.products if product.kind is ProductKind.PESTICIDE]
    registrations = [(product.registration_no or "").strip() for product in sprayed]
    words = [folded(each) for each in (*said, *advice.steps, advice.timing, advice.warning)]
    named = (
        ban.counts(on=given_on, crop_code=crop_code) and any(ban.is_named_in(each) for each in words) for ban in bans
    )
    found = {
        "registration_missing": "" in registrations,
        "registration_odd": any(each and not REGISTRATION.match(each) for each in registrations),
        "substance_missing": any(not product.substance for product in sprayed),
        "protection_missing": bool(sprayed) and not advice.protection,
        "banned_name_in_words": any(named),
    }
    return [code for code, holds in found.items() if holds]
