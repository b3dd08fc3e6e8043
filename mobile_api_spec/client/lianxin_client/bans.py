"""'May I spray this?', without a line: the bans that a phone carries, looked up by what somebody calls the stuff.

    bans.look_up("百草枯", phone.records, on=date.today())

Nothing found is no permission: it says that none of these bans names it. What may be used on which crop stands on the
label.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from lianxin_client.texts import Json

Records = Callable[[str], list[Json]]
"""What is carried of an entity: `Phone.records`."""

_WORDS = re.compile(r"[a-z0-9]+|[^\W_]")


@dataclass(frozen=True)
class Forbidden:
    """One ban, to be shown or read out. `crops_zh` empty: on every crop; `until`: the last day, where one is set.

    order  which announcement says so, and what it forbids: read it out too, for it may say more than `crops_zh` (tea)
    """

    name_zh: str
    name_en: str
    also_called: tuple[str, ...]
    crops_zh: tuple[str, ...]
    since: date
    until: date | None
    order: str


def look_up(asked: str, records: Records, *, on: date) -> list[Forbidden]:
    """What is forbidden of all that is called so, today or from a day that is set: what is named exactly comes first.

    asked  a part of a name, Chinese, English or a brand, or what stands on a bottle ("20% 百草枯水剂"); capitals,
           blanks, dashes and full width do not matter
    on     the phone's day: what is over by then is not told
    """
    known = [each for each in records("bans") if "valid_to" not in each or date.fromisoformat(each["valid_to"]) >= on]
    called = [each for each in known if _is_meant(each, asked)]
    called.sort(key=lambda each: (not _is_named(each, asked), each["name_zh"]))
    crops = {item["code"]: item["name_zh"] for each in records("reference") for item in _of_crops(each)}
    return [_told(each, crops) for each in called]


def _of_crops(listed: Json) -> list[Json]:
    return listed["items"] if listed["id"] == "crops" else []


def _told(ban: Json, crops: dict[str, str]) -> Forbidden:
    until = ban.get("valid_to")
    return Forbidden(
        name_zh=ban["name_zh"],
        name_en=ban["substance"],
        also_called=tuple(ban.get("aliases", ())),
        crops_zh=tuple(crops.get(code, code) for code in ban.get("crops", ())),
        since=date.fromisoformat(ban["valid_from"]),
        until=date.fromisoformat(until) if until else None,
        order=ban["source"],
    )


def _is_named(ban: Json, asked: str) -> bool:
    return _run_together(asked) in map(_run_together, _names(ban))


def _is_meant(ban: Json, asked: str) -> bool:
    """It is part of a name, or one of the names stands whole in it; 丁硫克百威 holds 克百威 and is something else."""
    part, bottle = _run_together(asked), _in_words(asked)
    for longer in ban.get("not_in", ()):
        bottle = bottle.replace(_in_words(longer), " | ")
    return bool(part) and any(part in _run_together(name) or _in_words(name) in bottle for name in _names(ban))


def _names(ban: Json) -> list[str]:
    return [ban["substance"], ban["name_zh"], *ban.get("aliases", ())]


def _in_words(text: str) -> str:
    """Each Chinese character, each Latin word and each number by itself, so that no word is found inside another.

    >>> _in_words("３％呋喃丹 (Carbofuran)")
    ' 3 呋 喃 丹 carbofuran '
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return f" {' '.join(_WORDS.findall(plain))} "


def _run_together(text: str) -> str:
    return _in_words(text).replace(" ", "")
