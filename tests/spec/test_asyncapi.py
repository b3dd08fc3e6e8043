"""What comes without being asked for is as asyncapi.yaml says."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args
from uuid import uuid4

import jsonschema
import pytest

from backend.console.desk import stream
from backend.console.desk.stream_queries import Part
from backend.core import ids
from backend.push import routes as push_routes
from backend.push import rules
from backend.push.inbox_queries import News
from backend.push.provider import AddressKind, Category, Outgoing
from backend.push.providers import fcm_messages, hms_messages
from backend.serving import asyncapi, spec
from tests.antifraud.centre import PERSON
from tests.cast import VILLAGE
from tests.console.audits import from_npm
from tests.spec.asyncapi_document import COMMITTED, DOCUMENT, check

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
POSTS: dict[str, dict[str, Any]] = {
    "CallPost": {"reference": "C-1", "event": "ringing", "at": AT.isoformat(), "caller": "19900000771"},
    "TextPost": {"reference": "S-1", "sender": "19900000771", "body": "CX 1234", "sent_at": AT.isoformat()},
    "WarningPost": {"reference": "W-1", "level": "high", "division_code": VILLAGE, "person": PERSON},
}


def test_the_committed_document_is_the_one_that_the_code_has() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == asyncapi.text(spec.openapi()), "run `make spec`"


def test_the_document_is_asyncapi_3_to_the_letter(tmp_path: Path) -> None:
    from_npm(tmp_path, "@asyncapi/specs@6.11.1")
    schema = tmp_path / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"

    jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(DOCUMENT)


def test_every_reference_leads_somewhere_and_every_message_travels() -> None:
    for reference in references(DOCUMENT):
        found = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
    travelling = {name for channel in DOCUMENT["channels"].values() for name in channel["messages"]}

    assert travelling == set(DOCUMENT["components"]["messages"])
    assert set(DOCUMENT["operations"]) == set(DOCUMENT["channels"])


@pytest.mark.parametrize("link", [None, "https://lianxin.test/console/tasks"])
def test_a_push_carries_what_is_written_whichever_provider(link: str | None) -> None:
    message = push(link)

    by_fcm = json.loads(fcm_messages.Shapes().body_of(message))["message"]["data"]
    by_hms = json.loads(json.loads(hms_messages.body_of(message, ""))["message"]["data"])

    assert by_fcm == by_hms
    check("PushData", by_fcm)


async def test_a_stream_tells_a_notice_and_a_board_its_parts_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    news = News(at=ids.uuid7(), subject=uuid4(), notice=uuid4(), category=Category.EMERGENCY.value)
    monkeypatch.setattr(push_routes, "watch", SimpleNamespace(follow=lambda *_, **__: told(news)))
    monkeypatch.setattr(stream, "boards", SimpleNamespace(follow=lambda *_: told(frozenset(get_args(Part)))))

    notices = await push_routes.stream_notices.fn(by=SimpleNamespace(person_id=uuid4()))
    boards = await stream.stream_board.fn(by=SimpleNamespace())

    check("NoticeEvent", await data_of(notices))
    check("BoardChanged", await data_of(boards))
    with pytest.raises(jsonschema.ValidationError):
        check("BoardChanged", ["names"])


async def told(what: Any) -> AsyncIterator[Any]:
    yield what


async def data_of(answer: Any) -> Any:
    """The payload of a stream's one event."""
    lines = "".join([each if isinstance(each, str) else each.decode() async for each in answer.iterator]).splitlines()
    data = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
    return json.loads(next(each for each in data if each))  # a comment comes with an empty one


@pytest.mark.parametrize("name", POSTS)
def test_a_signed_post_is_described_field_by_field(name: str) -> None:
    check(name, POSTS[name])
    for field in DOCUMENT["components"]["schemas"][name]["required"]:
        with pytest.raises(jsonschema.ValidationError):
            check(name, {key: value for key, value in POSTS[name].items() if key != field})


def push(link: str | None) -> Outgoing:
    delivery_id = ids.uuid7()
    return Outgoing(
        delivery_id=delivery_id,
        dedupe_id=rules.dedupe_id(delivery_id),
        kind=AddressKind.FCM_TOKEN,
        address="a-phone",
        title="连心",
        body="您有一条新的待办。",
        category=Category.SERVICE,
        link=link,
        data=rules.data_of(notice_id=uuid4(), delivery_id=delivery_id, category=Category.SERVICE, link=link),
    )


def references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for each in node for found in references(each)]
    if not isinstance(node, dict):
        return []
    here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return here + [found for each in node.values() for found in references(each)]
