from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import msgspec

from backend.core.creates import digest, id_for

CADRE, STRANGER = UUID(int=1), UUID(int=2)
GIVEN = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


class Told(msgspec.Struct):
    at: datetime
    note: str
    topics: list[str] = []


NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


def test_the_makers_own_id_wins_over_a_key():
    assert id_for(given=GIVEN, key="k", by=CADRE, operation="recordVisit") == GIVEN


def test_a_retry_with_the_same_key_means_the_same_record():
    first = id_for(given=None, key="k", by=CADRE, operation="recordVisit")

    assert first == id_for(given=None, key="k", by=CADRE, operation="recordVisit")
    assert first != id_for(given=None, key="k", by=STRANGER, operation="recordVisit")


def test_with_neither_each_create_is_a_new_record():
    made = {id_for(given=None, key=key, by=CADRE, operation="recordVisit") for key in (None, "", None)}

    assert len(made) == 3
    assert {each.version for each in made} == {7}


def test_the_same_arguments_give_the_same_digest_whatever_the_offset_the_blanks_and_the_order():
    there = Told(NOON.astimezone(timezone(timedelta(hours=8))), "  asked about the pond\n", ["water"])

    assert digest(there) == digest(Told(NOON, "asked about the pond", ["water"]))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert len(digest(there)) == 32


def test_any_other_argument_gives_another_digest():
    told = Told(NOON, "asked about the pond", ["water", "road"])
    others = [
        Told(NOON + timedelta(seconds=1), told.note, told.topics),
        Told(NOON, "asked about the road", told.topics),
        Told(NOON, told.note, ["road", "water"]),
    ]

    assert len({digest(each) for each in [told, *others]}) == 4
