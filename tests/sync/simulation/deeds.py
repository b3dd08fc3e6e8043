"""What somebody does on his phone, with a line or without, going by what the phone shows him."""

from collections.abc import Callable
from random import Random
from typing import Any

from lianxin_client import uuid7
from lianxin_client.commands import Standing

from tests.sync.simulation.handset import Handset
from tests.sync.simulation.pictures import picture
from tests.sync.simulation.village import Village
from tests.sync.simulation.work import WORK


def visit(village: Village, handset: Handset, chance: Random) -> None:
    """A contact; at times with something asked for, with a photo that is sent later, or with a card that nobody has."""
    arguments: dict[str, Any] = {
        "id": uuid7(),
        "channel": chance.choice(("visit", "call")),
        "occurred_at": handset.now().isoformat(),
        "note": f"第 {chance.randrange(1000)} 句",
    }
    arguments |= _where(handset, chance)
    if chance.random() < 0.3:
        arguments["needs"] = [{"id": uuid7(), "category": "production", "description": "东头涵洞堵了"}]
    if chance.random() < 0.3:
        arguments["photos"] = [{"photo_id": handset.phone.photograph(picture(chance)), "kind": "scene"}]
    first = handset.phone.do("recordVisit", arguments)
    village.note(handset, first)
    if chance.random() < 0.3:
        _amend(village, handset, arguments["id"], arguments["note"], chance, after=[first])


def _where(handset: Handset, chance: Random) -> dict[str, str]:
    if chance.random() < 0.1:
        return {"household_code": "NOT-A-CARD"}
    carried = handset.phone.records("households")
    if carried:
        return {"household_id": chance.choice(carried)["id"]}
    return (
        {"household_id": str(chance.choice(handset.holder.households))}
        if handset.holder.households
        else {"division_code": handset.holder.actor.held[0].division_code}
    )


def add_photo(village: Village, handset: Handset, chance: Random) -> None:
    """A photo for a visit that was made before, at times by mistake for one that is nowhere: it waits for its photo."""
    visits = [each for each in handset.phone.records("visits") if each["recorded_by"]["id"] == handset.holder.id]
    if visits:
        photo = {"photo_id": handset.phone.photograph(picture(chance)), "kind": "scene"}
        visit_id = uuid7() if chance.random() < 0.3 else chance.choice(visits)["id"]
        arguments = {"visit_id": visit_id, "photos": [photo]}
        village.note(handset, handset.phone.do("attachVisitPhotos", arguments))


def amend(village: Village, handset: Handset, chance: Random) -> None:
    """One of the visits he carries says something else now; at times it is another's, and not for him to say."""
    visits = handset.phone.records("visits")
    own = [each for each in visits if each["recorded_by"]["id"] == handset.holder.id]
    if visits:
        one = chance.choice(own if own and chance.random() < 0.9 else visits)
        _amend(village, handset, one["id"], one.get("note"), chance)


def _amend(
    village: Village, handset: Handset, visit_id: str, note: str | None, chance: Random, after: list[str] | None = None
) -> None:
    changes = {"note": {"from": note, "to": f"改成第 {chance.randrange(1000)} 句"}}
    arguments = {"visit_id": visit_id, "changes": changes, "reason": "写错了"}
    village.note(handset, handset.phone.do("amendVisit", arguments, after=after or []))


def amend_household(village: Village, handset: Handset, chance: Random) -> None:
    """A card is put right: what its people want."""
    carried = handset.phone.records("households")
    if carried:
        one = chance.choice(carried)
        wants = chance.sample(["crop-advice", "policy", "antifraud"], chance.randrange(3))
        changes = {"service_needs": {"from": one.get("service_needs", []), "to": sorted(wants)}}
        arguments = {"household_id": one["id"], "changes": changes, "reason": "又问了一次"}
        village.note(handset, handset.phone.do("amendHousehold", arguments))


def task(village: Village, handset: Handset, chance: Random) -> None:
    """The first of his day, or another one of it: seen, done, declined, handed over."""
    day = handset.phone.my_day((116.30, 36.93))
    if not day:
        return
    one = chance.choice(day[:3])
    verb, more = chance.choice(
        (
            ("acknowledgeTask", {}),
            ("completeTask", {}),
            ("declineTask", {"reason": "no_time"}),
            ("handOverTask", {"id": uuid7(), "to_person_id": chance.choice(village.people).id}),
        )
    )
    village.note(handset, handset.phone.do(verb, {"task_id": one["id"], **more}))


def again(_: Village, handset: Handset, chance: Random) -> None:
    """He tries once more what was refused."""
    refused = handset.phone.queue.attention()
    if refused:
        handset.phone.again(chance.choice(refused).id)


def put_right(village: Village, handset: Handset, chance: Random) -> None:
    """He puts right what was refused: a card that nobody has, a photo of a visit that is nowhere."""
    refused = [each for each in handset.phone.attention() if each.standing == Standing.REFUSED]
    refused = [each for each in refused if each.content["verb"] in ("recordVisit", "attachVisitPhotos")]
    visits = [each for each in handset.phone.records("visits") if each["recorded_by"]["id"] == handset.holder.id]
    if not refused or not visits:
        return
    one = chance.choice(refused)
    said = one.content["arguments"]
    if "visit_id" in said:
        right = said | {"visit_id": chance.choice(visits)["id"]}
    else:
        right = {name: said[name] for name in said if name != "household_code"} | _where(handset, chance)
    handset.phone.put_right(one.id, village.put_right(one.id, right))


def hand_on(_: Village, handset: Handset, chance: Random) -> None:
    """Somebody else who shares the phone takes it."""
    handset.hand_to(chance.choice(handset.sharing))


DEEDS: tuple[Callable[[Village, Handset, Random], None], ...] = (
    *[visit] * 3, *[task] * 3, *[add_photo] * 2, *[amend] * 2, amend_household, again, put_right, hand_on, *WORK,
)  # fmt: skip
