"""A warning for other systems: valid by OASIS's own schema, and the same when it is read back."""

from datetime import timedelta

import pytest
from lxml import etree

from backend.alerts.cap_xml import NAMESPACE, NotCap, read, written
from backend.alerts.messages import Area, Reference
from backend.alerts.words import AlertScope, AlertStatus, MessageType
from tests.alerts.warnings import POND, SENT, TOWNSHIP, warning

FIRST = Reference("gaotang-police", "37152631200000_20261121090203_0", SENT - timedelta(days=1))
MESSAGES = {
    "an alert": warning(),
    "an update": warning(type=MessageType.UPDATE, references=(FIRST,), note="时间改了"),
    "a cancel": warning(type=MessageType.CANCEL, references=(FIRST, Reference("x", "y", SENT))),
    "an exercise for a circle": warning(
        status=AlertStatus.EXERCISE, scope=AlertScope.RESTRICTED, restriction="村警务助理", fraud_type=None
    ),
    "several areas": warning(areas=(TOWNSHIP, POND, Area(description="十公里内", circle=((116.3, 36.9), 10.0)))),
    "the least there is": warning(
        colour=None, audience=None, effective=None, say_on_phone=None, fraud_type=None, contact=None
    ),
    "odd letters": warning(description="“5 < 6 & 7” 是 A&B 说的 \U00020000", instruction="先问\n再办"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_written_is_valid_by_the_schema_of_oasis(name: str, schema: etree.XMLSchema) -> None:
    document = etree.fromstring(written(MESSAGES[name]))

    assert schema.validate(document), schema.error_log


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_written_reads_back_as_the_same_warning(name: str) -> None:
    assert read(written(MESSAGES[name])) == MESSAGES[name]


def test_moments_are_said_in_shandong_s_time_with_an_offset_and_whole_seconds() -> None:
    document = etree.fromstring(written(warning(sent=SENT + timedelta(microseconds=999))))

    assert document.findtext(f"{{{NAMESPACE}}}sent") == "2026-11-22T09:02:03+08:00"


def test_a_place_is_written_latitude_first_as_cap_wants_it() -> None:
    text = written(warning(areas=(POND,))).decode()

    assert "36.880000,116.300000 36.880000,116.320000" in text


@pytest.mark.parametrize(
    "content",
    [
        b"no xml at all",
        b"<alert/>",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><alert>&e;</alert>',
        written(warning()).replace(b"Actual", b"Draft"),
        written(warning()).replace(b"<info>", b"<info/><info>"),
        written(warning()).replace(b"<expires>2026-11-30T00:00:00+08:00</expires>", b""),
        written(warning(areas=(POND,))).replace(b"36.880000,116.300000", b"nowhere"),
    ],
)
def test_what_we_could_not_have_sent_is_refused(content: bytes) -> None:
    with pytest.raises(NotCap):
        read(content)
