"""Reference lists: what a visit is about, what a case is, crops and what they suffer from, kinds of fraud, choices.

Bans of pesticides come one by one: a new one, or one that was changed, is told alone.

What rooms keep for a minute is read anew here: a phone that comes because a list changed is told so only once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from backend.antifraud.library_files import shipped_types
from backend.cases.reference import categories_anew
from backend.core.kept import Dated
from backend.diagnosis.reference import crops_anew
from backend.diagnosis.templates import bans_by_id, every_condition
from backend.sync.entities import Entity, Found, Reader, Records, carry
from backend.sync.reference import choices
from backend.sync.reference_schemas import CarriedBan, CarriedList, ListItem
from backend.sync.words import EntityName, GoneWhy
from backend.visits.reference import reference_anew


async def _read(_: Reader) -> Records:
    lists = {
        "topics": [_item(each, valid_from=each.valid_from, valid_to=each.valid_to) for each in await _topics()],
        "case_categories": _items((await categories_anew()).every()),
        "crops": _items((await crops_anew()).every()),
        "conditions": _items(await every_condition()),
        "fraud_types": [_item(each, valid_from=each.valid_from) for each in shipped_types()],
    }
    carried = [*(CarriedList(id=name, items=items) for name, items in lists.items()), *choices()]
    return {each.id: Found(each) for each in carried}


async def _topics() -> Iterable[Any]:
    return (await reference_anew()).topics.values()


def _items(listed: Iterable[Dated[Any]]) -> list[ListItem]:
    return [_item(each.record, valid_from=each.valid_from, valid_to=each.valid_to) for each in listed]


_OF_SOME = ("parent_code", "aliases", "crops", "topic")


def _item(record: Any, **days: Any) -> ListItem:
    """Out of a record of any of the rooms."""
    known = {name: getattr(record, name) for name in _OF_SOME if hasattr(record, name)}
    return ListItem(record.code, record.name_zh, record.name_en, **known, **days)


async def _why_gone(_: Reader, __: Sequence[str]) -> Mapping[str, GoneWhy]:
    """A list that is no more is no more."""
    return {}


async def _read_bans(reader: Reader) -> Records:
    """Those in force, and those that are announced: the phone, too, knows when their day comes."""
    carried = {
        id: CarriedBan(id=id, **msgspec.structs.asdict(ban))
        for id, ban in (await bans_by_id()).items()
        if ban.valid_to is None or reader.day <= ban.valid_to
    }
    return {str(id): Found(ban) for id, ban in carried.items()}


async def _why_bans_gone(_: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """Over; one that was taken back as a mistake is no more."""
    known = {str(id) for id in await bans_by_id()}
    return {id: GoneWhy.ENDED for id in gone if id in known}


carry(Entity(name=EntityName.REFERENCE, read=_read, why_gone=_why_gone))
carry(Entity(name=EntityName.BANS, read=_read_bans, why_gone=_why_bans_gone))
