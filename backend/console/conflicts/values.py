"""Contested fields as people read them: names for fields, words for values, and what each of the two changed marked."""

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import msgspec
from msgspec import Struct

from backend.console import labels
from backend.console.pages import metres, moment
from backend.console.shown import topic_name
from backend.core.shapes import Moment
from backend.core.words import language, say
from backend.people.actors import Actor
from backend.sync.conflict_schemas import ConflictRecord
from backend.sync.conflict_words import TITLES
from backend.territory import queries as territory
from backend.territory.coordinates import Crs, distance_m, to_wgs84
from backend.territory.queries import DivisionUnknown
from backend.visits import campaigns
from backend.visits.reference import Reference, reference

MARKED = frozenset({"note", "place_note", "address_note", "contact_phone"})
"""Texts, in which one has to look for what changed."""

LONGEST_MARKED = 600
"""Characters. To find what changed in longer texts takes long, and marks in them help nobody."""

Pieces = Sequence[tuple[str, bool]]
"""A text in pieces, and whether each is new."""


class Vocabulary(Struct, frozen=True):
    """The words that values are told in: topics, and names of places and campaigns by their codes."""

    topics: Reference
    divisions: Mapping[str, str]
    campaigns: Mapping[str, str]


async def vocabulary(records: Sequence[ConflictRecord], *, by: Actor) -> Vocabulary:
    """As far as these records need it."""
    codes = _told(records, "division_code")
    named = await campaigns.list_campaigns(by=by) if _told(records, "campaign_code") else []
    return Vocabulary(
        await reference(),
        {code: await _division(code) for code in sorted(codes)},
        {campaign.code: campaign.name for campaign in named},
    )


def _told(records: Sequence[ConflictRecord], field: str) -> set[str]:
    told = [record.values[field] for record in records if field in record.values]
    return {code for each in told for code in (each.had, each.now, each.wanted) if code}


async def _division(code: str) -> str:
    try:
        return labels.place((await territory.division(code=code)).name)
    except DivisionUnknown:
        return code


def title(field: str) -> str:
    """What a field is called."""
    return say(TITLES[field])


def text(field: str, value: Any, words: Vocabulary) -> str:
    """A value in words; none in a word, too."""
    if value is None or value in ("", []):
        return say("nothing")
    if field in _SAID:
        return _SAID[field](value, words)
    return str(value)


def _joined(parts: Sequence[str]) -> str:
    return ("、" if language.get() == "zh" else ", ").join(parts)


def _moment(value: Any, _: Vocabulary) -> str:
    return moment(msgspec.convert(value, Moment))


def _phone(value: str, _: Vocabulary) -> str:
    """As one reads it out: 199 0000 0051.

    >>> _phone("+8619900000051", None)
    '199 0000 0051'
    """
    digits = value.removeprefix("+86").replace(" ", "").replace("-", "")
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}" if len(digits) == 11 and digits.isdigit() else value


def _point(value: Mapping[str, Any], _: Vocabulary) -> str:
    longitude, latitude = to_wgs84(value["longitude"], value["latitude"], Crs(value["crs"]))
    return f"{longitude:.5f}, {latitude:.5f}"


_SAID: dict[str, Callable[[Any, Vocabulary], str]] = {
    "channel": lambda value, _: labels.channel(value),
    "occurred_at": _moment,
    "division_code": lambda value, words: words.divisions[value],
    "campaign_code": lambda value, words: words.campaigns.get(value, value),
    "service_team": lambda value, _: say("team no. {n}", n=value),
    "topics": lambda value, words: _joined([topic_name(code, words.topics) for code in value]),
    "service_needs": lambda value, words: _joined([topic_name(code, words.topics) for code in value]),
    "companions": lambda value, _: _joined(value),
    "contact_phone": _phone,
    "point": _point,
}


def apart(field: str, one: Any, other: Any) -> str:
    """How far two points lie from each other; nothing for other fields."""
    if field != "point" or one is None or other is None:
        return ""
    places = [to_wgs84(each["longitude"], each["latitude"], Crs(each["crs"])) for each in (one, other)]
    return say("{distance} apart", distance=metres(distance_m(*places)))


def marked(field: str, before: str, after: str) -> Pieces:
    """A text in pieces: which of it was not there before.

    >>> marked("note", "看了井", "看了机井")
    [('看了', False), ('机', True), ('井', False)]
    """
    if field not in MARKED or max(len(before), len(after)) > LONGEST_MARKED:
        return [(after, False)]
    steps = SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    return [(after[start:end], step != "equal") for step, _, _, start, end in steps if end > start]
