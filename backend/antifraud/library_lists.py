"""The library as it is read: what may be sent today, and for whoever approves also what may not yet."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from backend.antifraud import library_queries
from backend.antifraud.library_files import Item, Season, Source, shipped_items, shipped_types
from backend.antifraud.library_queries import Approved
from backend.antifraud.library_refusals import WHY
from backend.antifraud.library_rules import approved, in_season, words_digest, wrongs
from backend.antifraud.library_schemas import FraudTypeRecord, LibraryItemRecord, LibrarySource, LibraryWrongRecord
from backend.antifraud.words import ItemKind
from backend.core import clock
from backend.core.words import say

Approvals = Mapping[tuple[str, bytes], Approved]


async def list_library(
    *, all_of_it: bool = False, fraud_type: str | None = None, kind: ItemKind | None = None
) -> list[LibraryItemRecord]:
    """Stories and bulletins, those of the season first. Without `all_of_it` only what may be sent today."""
    given = await library_queries.approvals()
    records = [recorded(item, given) for item in shipped_items()]
    wanted = [
        each
        for each in records
        if (all_of_it or each.sendable) and fraud_type in (None, each.fraud_type) and kind in (None, each.kind)
    ]
    return sorted(wanted, key=lambda each: (not each.in_season, each.name))


def list_fraud_types() -> list[FraudTypeRecord]:
    """Those that count today, the police's ten first, in the order of their list."""
    counting = [each for each in shipped_types() if each.valid_from <= clock.today()]
    return [
        FraudTypeRecord(
            code=each.code,
            name_zh=each.name_zh,
            name_en=each.name_en,
            national=each.national_list,
            months=_months(each.season),
            audience=list(each.audience),
        )
        for each in counting
    ]


def recorded(item: Item, given: Approvals) -> LibraryItemRecord:
    """An item as it stands today: its file, and the approval of its very words."""
    today, digest = clock.today(), words_digest(item)
    sha256, approval = _approval_of(item.name, bytes.fromhex(digest), given)
    whole = _with(approval, sha256, item) if approval else item
    told = wrongs(whole, types=shipped_types(), on=today)
    return LibraryItemRecord(
        name=item.name,
        title=item.title,
        fraud_type=item.fraud_type,
        kind=item.kind,
        basis=item.basis,
        text=item.words,
        stop_sentence=item.stop_sentence,
        say_on_phone=item.say_on_phone,
        if_money_gone=item.if_money_gone,
        sms=item.sms,
        read_aloud=item.read_aloud,
        months=_months(item.season),
        in_season=in_season(item.season, today),
        audience=list(item.audience),
        valid_from=item.valid_from,
        valid_to=item.valid_to,
        sources=[LibrarySource(**_source(each)) for each in item.sources],
        sha256=digest,
        sendable=not told,
        wrongs=[LibraryWrongRecord(code=each.code, pointer=each.pointer, detail=say(WHY[each.code])) for each in told],
        approved_by=whole.approved_by,
        approved_at=approval.at if approval else None,
    )


def _approval_of(name: str, sha256: bytes, given: Approvals) -> tuple[bytes, Approved | None]:
    """The approval of these words; without one, the newest of words that stood there before."""
    if approval := given.get((name, sha256)):
        return sha256, approval
    earlier = {digest: each for (item, digest), each in given.items() if item == name}
    last = max(earlier, key=lambda digest: earlier[digest].at, default=sha256)
    return last, earlier.get(last)


def _with(approval: Approved, sha256: bytes, item: Item) -> Item:
    whole = approved(item, by=approval.by or "—", on=clock.local(approval.at).date())
    return replace(whole, approved_digest=sha256.hex())


def _source(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in LibrarySource.__struct_fields__}


def _months(season: Season) -> list[int]:
    return list(range(1, 13)) if season == "all" else list(season)
