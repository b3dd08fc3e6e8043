"""What keeps a warning from going out, told all at once and each with its place."""

from datetime import timedelta

import pytest

from backend.alerts.identifiers import IssuerWrong, identifier, is_identifier, issuer
from backend.alerts.message_rules import LONGEST, is_in_force, wrongs
from backend.alerts.messages import Area, Reference
from backend.alerts.words import AlertColour, AlertScope, MessageType
from tests.alerts.warnings import ISSUER, POND, SENT, TOWNSHIP, warning

BEFORE = Reference("gaotang-police", "37152631200000_20261121090203_0", SENT - timedelta(days=1))
BOW = ((116.0, 36.0), (117.0, 37.0), (117.0, 36.0), (116.0, 37.0), (116.0, 36.0))


def codes(**changed: object) -> dict[str, str]:
    return {each.pointer: each.code for each in wrongs(warning(**changed))}


def test_a_warning_as_it_should_be_has_nothing_wrong():
    assert wrongs(warning()) == ()
    assert wrongs(warning(areas=(TOWNSHIP, POND))) == ()


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"identifier": "warning 7"}, "/identifier", "identifier_wrong"),
        ({"sender": "高唐 公安"}, "/sender", "sender_wrong"),
        ({"type": MessageType.UPDATE}, "/references", "reference_missing"),
        ({"type": MessageType.CANCEL}, "/references", "reference_missing"),
        ({"references": (BEFORE,)}, "/references", "reference_of_a_first_alert"),
        ({"scope": AlertScope.RESTRICTED}, "/restriction", "restriction_missing"),
        ({"restriction": "内部"}, "/restriction", "restriction_of_a_public"),
        ({"colour": AlertColour.RED}, "/colour", "colour_contradicts_severity"),
        ({"expires": SENT}, "/expires", "expires_before_it_begins"),
        ({"onset": SENT + timedelta(days=8)}, "/expires", "expires_before_it_begins"),
        ({"expires": SENT + LONGEST + timedelta(seconds=1)}, "/expires", "expires_too_late"),
        ({"event": "诈" * 36}, "/event", "event_too_long"),
        ({"event": "  "}, "/event", "event_missing"),
        ({"instruction": ""}, "/instruction", "words_missing"),
        ({"description": "骗子\x0b说"}, "/description", "letter_wrong"),
        ({"contact": "96110\ufffe"}, "/contact", "letter_wrong"),
        ({"areas": (Area(description="某\x1f处", geocodes=("371526",)),)}, "/areas/0/description", "letter_wrong"),
        ({"areas": ()}, "/areas", "area_missing"),
        ({"areas": (Area(description="某处"),)}, "/areas/0", "area_empty"),
        ({"areas": (Area(description="某处", geocodes=("3715",)),)}, "/areas/0/geocodes", "geocode_wrong"),
        ({"areas": (TOWNSHIP, Area(description="蝴蝶", polygon=BOW))}, "/areas/1/polygon", "polygon_crosses_itself"),
        ({"areas": (Area(description="开口", polygon=BOW[:-1]),)}, "/areas/0/polygon", "polygon_open"),
        ({"areas": (Area(description="大", circle=((116.0, 36.0), 501.0)),)}, "/areas/0/circle", "circle_wrong"),
    ],
)
def test_each_mistake_has_a_name_and_a_place(changed, pointer, code):
    assert codes(**changed)[pointer] == code


def test_all_mistakes_are_told_at_once():
    assert len(codes(event="", headline=" ", areas=(), sender="a b")) == 4


@pytest.mark.parametrize(
    "words", ["点 http://a.cn 领取", "打开 www.butie.top", "上butie.vip看", "HTTPS://X.COM", "ｂｕｔｉｅ点cn"]
)
def test_no_text_of_a_fraud_warning_carries_a_link(words):
    assert codes(description=words)["/description"] == "link_in_fraud_text"
    assert codes(say_on_phone=words)["/say_on_phone"] == "link_in_fraud_text"
    assert "/description" not in codes(description=words, fraud_type=None)


def test_telephone_numbers_and_sums_are_no_links():
    assert codes(instruction="打 96110，骗走 3.5 万元，共 2.0 小时。") == {}


def test_an_update_refers_to_something_earlier_and_never_to_itself():
    assert codes(type=MessageType.UPDATE, references=(BEFORE,)) == {}
    later = Reference("x", "37152631200000_20261123090203_0", SENT + timedelta(days=1))
    assert codes(type=MessageType.UPDATE, references=(later,))["/references"] == "refers_to_the_future"
    itself = Reference("x", warning().identifier, SENT)
    assert codes(type=MessageType.UPDATE, references=(itself,))["/references"] == "refers_to_itself"


def test_a_warning_counts_from_its_moment_until_it_expires_and_a_cancel_never():
    told = warning()
    assert not is_in_force(told, at=SENT - timedelta(seconds=1))
    assert is_in_force(told, at=SENT)
    assert not is_in_force(told, at=told.expires)
    assert not is_in_force(warning(type=MessageType.CANCEL, references=(BEFORE,)), at=SENT)


def test_identifiers_have_the_standard_s_31_characters_and_tell_ten_of_a_second_apart():
    made = {identifier(issuer=ISSUER, sent=SENT, number=number) for number in range(10)}

    assert len(made) == 10
    assert all(len(each) == 31 and is_identifier(each) for each in made)
    with pytest.raises(ValueError, match="Ten warnings"):
        identifier(issuer=ISSUER, sent=SENT, number=10)


@pytest.mark.parametrize("body", ["31", "abc", "3120"])
def test_a_publisher_s_code_is_twelve_digits_and_two_characters(body):
    with pytest.raises(IssuerWrong):
        issuer(county_code="371526000000", body=body)
