"""What must be so when everybody has come home: phones and house say the same, and nothing is missing or made up."""

import json
from typing import Any

from lianxin_client.queue import Command

from backend.core import clock
from backend.sync.waiting import do_what_waited
from tests.sync.simulation.handset import Handset
from tests.sync.simulation.truths import truths
from tests.sync.simulation.village import DONE, Village
from tests.sync.simulation.wholeness import house_is_whole


def must_agree(village: Village) -> None:
    """All of it. Raises AssertionError. Where a day ended meanwhile it is looked at again: windows move on then."""
    day = clock.today()
    try:
        _must_agree(village)
    except AssertionError:
        if clock.today() == day:
            raise
        _must_agree(village)


def _must_agree(village: Village) -> None:
    village.come_home()
    village.stage.call(do_what_waited())
    village.come_home()
    phones_hold_what_a_fresh_one_gets(village)
    every_deed_is_answered(village)
    what_was_refused_is_on_its_phones_list(village)
    phones_hold_what_is_there(village)
    house_is_whole(village)


def phones_hold_what_a_fresh_one_gets(village: Village) -> None:
    """A cursor has skipped nothing and kept nothing that is gone."""
    for somebody in village.people:
        fresh = Handset(len(village.phones) + next(village.fresh), village, [somebody])
        assert fresh.sync(fresh.line.chance, fair=True)
        for handset in village.phones:
            if somebody in handset.sharing:
                assert handset.carried(somebody) == fresh.carried(somebody), (handset.number, somebody.id)
        fresh.phone.store.close()


def phones_hold_what_is_there(village: Village) -> None:
    """Not only the same as each other: all that is somebody's, as it stands, and nothing that is not."""
    for handset in village.phones:
        for somebody in handset.sharing:
            carried: dict[str, dict[str, Any]] = {}
            for (entity, id), body in handset.carried(somebody).items():
                carried.setdefault(entity, {})[id] = json.loads(body)
            for entity, records in village.stage.call(truths(somebody.actor.person_id)).items():
                held = carried.get(entity, {})
                assert records.keys() == held.keys(), (entity, handset.number)
                for id, said in records.items():
                    assert {name: held[id][name] for name in said} == said, (entity, handset.number)


def every_deed_is_answered(village: Village) -> None:
    """Nobody waits for an answer that never comes."""
    for handset in village.phones:
        looked_at = {each.id for each in handset.phone.queue.attention()}
        assert [each for each in handset.phone.queue.all() if not (each.is_done or each.id in looked_at)] == []
        assert handset.phone.photos.to_send() == []
        assert handset.phone.photos.refused() == {}
    told = {id for id, verdicts in village.told.items() if verdicts}
    assert village.deeds.keys() - told - village.forgotten <= {each.id for each in _attention(village)}


def what_was_refused_is_on_its_phones_list(village: Village) -> None:
    """A refusal, and a conflict, is for its author to see."""
    listed = {each.id for each in _attention(village)}
    for id, deed in village.deeds.items():
        if id in village.forgotten:
            continue
        last = village.told[id][-1] if id in village.told else {"outcome": "held_back"}
        done = last["outcome"] in DONE and "conflict_id" not in last
        assert (id in listed) != done, (last, deed.verb)


def _attention(village: Village) -> list[Command]:
    return [each for handset in village.phones for each in handset.phone.queue.attention()]
