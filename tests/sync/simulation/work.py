"""What somebody does on his phone about needs, cases, sick crops, bags of soil and warnings."""

from collections.abc import Sequence
from random import Random
from typing import Any

from lianxin_client import uuid7

from tests.sync.simulation.handset import Handset
from tests.sync.simulation.pictures import picture
from tests.sync.simulation.village import Village

PHOTO_TOO = 0.4
FARMERS_PHONE = "199 0000 0051"


def need_from_door_to_photo(village: Village, handset: Handset, chance: Random) -> None:
    """A need, heard at a door: told, passed on, noted and shown in one batch, by ids that nobody has heard of yet."""
    carried = handset.phone.records("households")
    if not carried:
        return
    need_id = uuid7()
    told = {"id": need_id, "category": "production", "description": "西头机井不出水"}
    contact = {"id": uuid7(), "channel": "visit", "occurred_at": handset.now().isoformat(), "needs": [told]}
    visited = _do(village, handset, "recordVisit", contact | {"household_id": chance.choice(carried)["id"]})
    moved = _do(village, handset, "moveNeed", {"need_id": need_id, "to_state": "passed_on"}, [visited])
    _do(village, handset, "noteOnCase", {"case_id": need_id, "remark": _words(chance)}, [visited])
    _do(village, handset, "addCasePhotos", {"case_id": need_id, "photo_ids": [_photo(handset, chance)]}, [moved])


def need_moved(village: Village, handset: Handset, chance: Random) -> None:
    """One that is told of already goes on, back, or is contested."""
    need_id = _case(village, handset, chance)
    if need_id is None:
        return
    to = chance.choice(("passed_on", "solved", "solved", "unreasonable", "contested"))
    if to == "contested":
        _do(village, handset, "contestNeed", {"need_id": need_id, "remark": _words(chance)})
        return
    _do(village, handset, "moveNeed", _own_id({"need_id": need_id, "to_state": to, "remark": _words(chance)}, chance))


def case_step(village: Village, handset: Handset, chance: Random) -> None:
    """A case is taken in hand, told of, noted on, shown, resolved."""
    case_id = _case(village, handset, chance)
    if case_id is None:
        return
    verb = chance.choice(
        ("takeCaseInHand", "respondToCase", "noteOnCase", "noteOnCase", "resolveCase", "addCasePhotos")
    )
    said: dict[str, Any] = {"case_id": case_id}
    if verb in ("respondToCase", "noteOnCase", "resolveCase"):
        said["remark"] = _words(chance)
    if verb == "addCasePhotos" or (verb == "resolveCase" and chance.random() < PHOTO_TOO):
        said["photo_ids"] = [_photo(handset, chance)]
    _do(village, handset, verb, _own_id(said, chance))


def sick_crop(village: Village, handset: Handset, chance: Random) -> None:
    """A farmer asks what his maize has, with a photo of it or without."""
    carried = handset.phone.records("households")
    if carried:
        said = {"channel": "visit", "crop_code": "maize", "symptoms": _words(chance), "contact_phone": FARMERS_PHONE}
        said |= {"household_id": chance.choice(carried)["id"]}
        photos = {"photo_ids": [_photo(handset, chance)]} if chance.random() < PHOTO_TOO else {}
        _do(village, handset, "requestDiagnosis", _own_id(said | photos, chance))


def farmers_answer(village: Village, handset: Handset, chance: Random) -> None:
    """He says what the expert wanted to know."""
    if village.questions:
        request_id, question_id = chance.choice(village.questions)
        said = {"request_id": request_id, "question_id": question_id, "words": _words(chance)}
        photos = {"photo_ids": [_photo(handset, chance)]} if chance.random() < PHOTO_TOO else {}
        _do(village, handset, "answerQuestion", _own_id(said | photos, chance))


def bag(village: Village, handset: Handset, chance: Random) -> None:
    """Soil is taken in, and at times carried on at once."""
    carried = handset.phone.records("households")
    if carried:
        said = {"kind": "soil", "household_id": chance.choice(carried)["id"], "plot": _words(chance)}
        said = _own_id(said, chance)
        taken_in = _do(village, handset, "receiveSample", said)
        if village.office and chance.random() < 0.5:
            there = {"sample_id": said.get("id", taken_in), "to_unit_id": str(chance.choice(village.office.units))}
            _do(village, handset, "handOverSample", _own_id(there, chance), [taken_in])


def warning(village: Village, handset: Handset, chance: Random) -> None:
    """Somebody is being cheated: the warning is taken, tried, ended."""
    carried = handset.phone.records("warnings")
    if carried:
        said: dict[str, Any] = {"warning_id": chance.choice(carried)["id"]}
        verb = chance.choice(("acknowledgeWarning", "recordAttempt", "recordAttempt", "closeWarning"))
        if verb == "recordAttempt":
            said = _own_id(said | {"how": chance.choice(("call", "visit")), "reached": chance.random() < 0.5}, chance)
        if verb == "closeWarning":
            said["outcome"] = "dissuaded"
        _do(village, handset, verb, said)


WORK = (need_from_door_to_photo, *[need_moved] * 2, *[case_step] * 2, sick_crop, farmers_answer, bag, warning)


def _do(village: Village, handset: Handset, verb: str, said: dict[str, Any], after: Sequence[str] = ()) -> str:
    done = handset.phone.do(verb, said, after=list(after))
    village.note(handset, done)
    return done


def _case(village: Village, handset: Handset, chance: Random) -> str | None:
    """One that he carries, or of which his unit was told by telephone."""
    carried = [each["id"] for each in handset.phone.records("cases")]
    if carried and chance.random() < 0.7:
        return str(chance.choice(carried))
    heard_of = village.needs()
    return chance.choice(heard_of) if heard_of else None


def _own_id(said: dict[str, Any], chance: Random) -> dict[str, Any]:
    """With an id of its own, or with the command's."""
    return said | {"id": uuid7()} if chance.random() < 0.5 else said


def _photo(handset: Handset, chance: Random) -> str:
    return handset.phone.photograph(picture(chance))


def _words(chance: Random) -> str:
    return f"第 {chance.randrange(1000)} 句"
