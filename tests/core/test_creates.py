from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any
from uuid import UUID

import msgspec
import pytest
from msgspec import UNSET, Struct, UnsetType

from backend.core.creates import digest, former_digest, id_for, same

CADRE, STRANGER = UUID(int=1), UUID(int=2)
GIVEN = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


class Told(Struct):
    at: datetime
    note: str
    topics: list[str] = []


class Urgency(StrEnum):
    NORMAL = "normal"
    HIGH = "high"


class Photo(Struct):
    photo_id: UUID
    kind: str = "scene"


class Advice(Struct):
    words: str = ""
    days: list[date] = []


class Said(Struct, kw_only=True):
    """As a server takes it that runs for a while."""

    note: str
    urgency: Urgency = Urgency.NORMAL
    remark: str = ""
    at: datetime | None = None
    wants_call: bool = False
    headcount: int = 0
    photos: list[Photo] = []
    advice: Advice | None = None
    weekdays: list[int] = msgspec.field(default_factory=lambda: [1, 2, 3, 4, 5])


class PhotoMore(Struct):
    photo_id: UUID
    kind: str = "scene"
    caption: str | None = None
    wishes: Advice = msgspec.field(default_factory=Advice)


class SaidMore(Struct, kw_only=True):
    """As the one after it takes it: an optional field more, in the photo, too."""

    place: str | None = None
    note: str
    urgency: Urgency = Urgency.NORMAL
    remark: str = ""
    at: datetime | None = None
    wants_call: bool = False
    headcount: int = 0
    photos: list[PhotoMore] = []
    advice: Advice | None = None
    weekdays: list[int] = msgspec.field(default_factory=lambda: [1, 2, 3, 4, 5])
    companions: list[str] = []
    team: int | UnsetType | None = UNSET


class Answered(Struct, tag="answer"):
    words: str = ""


class Declined(Struct, tag="decline"):
    words: str = ""


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


# A server that was brought up to date between two sendings.

SENDINGS = [
    b'{"note": "\xe4\xba\x95"}',
    b'{"note": "a", "urgency": "high", "at": "2026-05-01T12:00:00+08:00", "headcount": 3}',
    b'{"note": "a", "photos": [{"photo_id": "01890a5d-ac96-774b-bcce-b302099a8057"}], "advice": {}}',
    b'{"note": "a", "weekdays": [6], "advice": {"words": "b", "days": ["2026-05-01"]}}',
]


@pytest.mark.parametrize("sent", SENDINGS)
def test_a_shape_that_takes_an_optional_field_more_takes_the_same_sending_for_the_same(sent):
    before, after = (msgspec.json.decode(sent, type=shape) for shape in (Said, SaidMore))

    assert digest([CADRE, before]) == digest([CADRE, after])
    assert same(digest([CADRE, before]), [CADRE, after])


def test_whoever_says_what_the_former_server_did_not_take_says_something_else():
    known = digest(Said(note="a"))

    assert not any(same(known, SaidMore(note="a", **more)) for more in ({"place": "b"}, {"team": None}, {"team": 0}))


def test_the_default_said_aloud_is_the_default_however_it_is_written():
    aloud = Said(note="a", urgency=Urgency.NORMAL, remark=" \n", photos=[], headcount=0, weekdays=[1, 2, 3, 4, 5])

    assert digest(aloud) == digest(Said(note="a"))
    assert digest(Said(note="a", urgency="normal")) == digest(Said(note="a"))


def test_the_order_of_fields_does_not_count_and_a_struct_of_all_defaults_is_not_none_at_all():
    assert digest(Said(note="a", advice=Advice())) != digest(Said(note="a"))
    assert digest(Said(note="a", advice=Advice(days=[date(2026, 5, 1)]))) != digest(Said(note="a", advice=Advice()))


def test_no_two_different_sayings_have_the_same_digest():
    others: list[dict[str, Any]] = [
        {},
        {"urgency": Urgency.HIGH},
        {"remark": "normal"},
        {"at": NOON},
        {"wants_call": True},
        {"headcount": 1},
        {"photos": [Photo(CADRE)]},
        {"photos": [Photo(CADRE, "after")]},
        {"photos": [Photo(CADRE), Photo(CADRE)]},
        {"photos": [Photo(STRANGER)]},
        {"advice": Advice()},
        {"advice": Advice("a")},
        {"weekdays": []},
        {"weekdays": [1, 2, 3, 4]},
    ]

    assert len({digest(Said(note="a", **each)) for each in others}) == len(others)


def test_what_is_required_is_told_whatever_it_says():
    class Bare(Struct):
        remark: str | None

    assert len({digest(each) for each in (Bare(None), Bare(""), Bare("a"), {})}) == 4


def test_null_where_nothing_said_means_something_else_is_told():
    class Changes(Struct):
        team: int | UnsetType | None = UNSET
        place: str | UnsetType | None = None

    said = (Changes(), Changes(team=None), Changes(team=0), Changes(place=UNSET), Changes(place=""))

    assert len({digest(each) for each in said}) == 5


def test_the_structs_of_a_union_differ_when_they_say_nothing():
    assert digest(Answered()) != digest(Declined())
    assert digest([Answered("a")]) != digest([Declined("a")])


def test_a_mapping_is_told_whole():
    assert digest({"a": None}) != digest({}) != digest({"a": {}})
    assert digest({CADRE: 1}) == digest({str(CADRE): 1})


def test_an_enum_and_its_value_are_the_same_in_whatever_they_stand():
    class Step(IntEnum):
        FIRST = 1

    class Plain(Enum):
        A = "a"

    assert digest([Urgency.HIGH, Step.FIRST, Plain.A]) == digest(("high", 1, "a"))
    assert digest({Urgency.HIGH: Urgency.HIGH}) == digest({"high": "high"})


def test_the_order_of_a_list_counts_and_that_of_a_set_does_not():
    assert digest(["a", "b"]) != digest(["b", "a"])
    assert digest({"b", "a", "c"}) == digest(frozenset(["c", "a", "b"])) != digest({"a", "b"})


def test_moments_and_blanks_are_alike_within_tuples_too():
    there = NOON.astimezone(timezone(timedelta(hours=8)))

    assert digest((CADRE, {"at": (there, " a ")})) == digest([CADRE, {"at": [NOON, "a"]}])


def test_the_year_1_of_shandong_cannot_be_told():
    with pytest.raises(OverflowError):
        digest(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))))


def test_a_number_is_told_as_it_is():
    assert len({digest(each) for each in (1, 1.5, Decimal("1.50"), Decimal("1.5"), "1", True, None, b"1")}) == 8


# What was kept until 2026-11-23.


def test_what_was_kept_with_all_fields_is_the_same_still():
    said = (CADRE, Said(note="a", photos=[Photo(CADRE)]))

    assert former_digest(said) != digest(said)
    assert same(former_digest(said), said)
    assert not same(former_digest(said), (STRANGER, said[1]))


def test_the_former_digest_does_not_change_under_our_hands():
    told = Told(NOON.astimezone(timezone(timedelta(hours=8))), " asked about the pond ", ["water"])

    kept = [former_digest(each).hex() for each in ([CADRE, told], (CADRE, told), [Said(note="a", advice=Advice())])]

    assert kept == [
        "760835363bd10c8f750d94dcbc6ec98c61f2644b0ff8a8e25b127da7c5d5588f",
        "d61f17aa202344a9869d67b0a44b09a206f8e8a557e3948cb42ec6300a0eba08",
        "3b7d3f75473f522e572d3caf1231f9f24295c21ecd71ecc234ec869b0080fe17",
    ]


def test_lists_of_plain_values_have_the_digest_that_they_had():
    plain = [CADRE, "a ", None, 1, [NOON, {"b": " c", "d": None}], Urgency.HIGH, date(2026, 5, 1)]

    assert digest(plain) == former_digest(plain)


def test_where_nothing_was_kept_nothing_is_the_same():
    assert not same(None, [CADRE])
    assert not same(b"", [CADRE])
