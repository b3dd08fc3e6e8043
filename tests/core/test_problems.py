"""Refusals on the wire, and what the framework refuses by itself (`core.malformed`)."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import asyncpg
import msgspec
import pytest
from litestar import get, post
from litestar.exceptions import TooManyRequestsException
from litestar.params import FromQuery, JSONBody
from structlog.testing import capture_logs

from backend.core import malformed, refusals
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, FieldError, Invalid, Refusal, SignInNeeded
from backend.core.shapes import Code, Moment, MomentQuery, Name


class Channel(StrEnum):
    VISIT = "visit"
    CALL = "call"


class Need(msgspec.Struct):
    category: Code
    weight: Annotated[float, msgspec.Meta(ge=0, le=10)] = 1


class Told(msgspec.Struct, forbid_unknown_fields=True):
    name: Name
    at: Moment
    channel: Channel
    day: date | None = None
    id: UUID | None = None
    count: int = 0
    needs: Annotated[list[Need], msgspec.Meta(max_length=2)] = []
    by_topic: dict[str, int] = {}


GOOD = {"name": "刘", "at": "2026-05-01T09:30:00+08:00", "channel": "visit"}


@post("/told")
async def tell(data: JSONBody[Told]) -> None:
    """Takes a body."""


@get("/since")
async def since(after: MomentQuery = None, channel: FromQuery[Channel | None] = None) -> dict[str, str]:
    return {"after": str(after)}


@get("/must")
async def must(code: FromQuery[str]) -> None:
    """Needs a parameter."""


@get("/refusal")
async def refuse() -> None:
    raise DifferentArguments(
        "Not ready: {failing}.", failing=["a", "b"], status="not mine", seen_at=datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
    )


@get("/fields")
async def refuse_fields() -> None:
    raise Invalid(
        errors=[FieldError(pointer="/at", code="too-large", detail="Too large: at most {limit}.", facts={"limit": 5})]
    )


@get("/stranger")
async def nobody() -> None:
    raise SignInNeeded()


@get("/many")
async def too_many() -> None:
    raise TooManyRequestsException(headers={"Retry-After": "30"})


@get("/bug")
async def broken() -> None:
    raise KeyError("13800000000")


@get("/full")
async def disk_of_the_database_is_full() -> None:
    raise asyncpg.DiskFullError("could not extend file")


@get("/stored-since")
async def stored_since(after: MomentQuery = None) -> None:
    await fetch("SELECT 1 WHERE $1::timestamptz < now()", after)


@get("/ours")
async def counted_wrongly() -> None:
    await fetch("SELECT $1::int", "7")


@pytest.fixture
def client(client_of):
    routes = (tell, since, must, refuse, refuse_fields, nobody, too_many, broken, disk_of_the_database_is_full)
    return client_of(*routes)


@pytest.mark.parametrize("after", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
async def test_a_moment_that_no_column_holds_is_refused_and_no_bug_of_ours(client_of, db, after):
    answer = await client_of(stored_since).get("/stored-since", params={"after": after})
    assert (answer.status_code, answer.json()["code"]) == (400, "core/malformed")
    assert (await client_of(counted_wrongly).get("/ours")).status_code == 500


async def test_a_refusal_is_a_problem_in_chinese_with_its_facts_as_fields(client):
    answer = await client.get("/refusal")

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "zh"
    assert answer.json() == {
        "type": "/docs/problems/core/different-arguments",
        "title": "该编号已用于另一条内容不同的记录",
        "status": 409,
        "detail": "尚未就绪：a、b。",
        "code": "core/different-arguments",
        "failing": ["a", "b"],
        "seen_at": "2026-05-01T01:30:00Z",
    }


async def test_a_reader_of_english_gets_english(client):
    answer = await client.get("/refusal", headers={"accept-language": "en-GB,zh;q=0.4"})

    assert answer.headers["content-language"] == "en"
    assert answer.json()["title"] == "This id already stands for something else"
    assert answer.json()["detail"] == "Not ready: a, b."


async def test_each_field_at_fault_has_a_pointer_a_code_and_a_sentence(client):
    answer = await client.get("/fields")

    assert answer.json()["errors"] == [
        {"limit": 5, "pointer": "/at", "code": "too-large", "detail": "数值太大，最大为 5。"}
    ]


async def test_one_refusal_does_not_change_the_next(client):
    await client.get("/nowhere")

    assert (Refusal.status, Refusal.code, refusals.Unknown.status) == (400, "core/refused", 404)
    assert (await client.get("/refusal")).status_code == 409


@pytest.mark.parametrize(
    ("change", "pointer", "code", "detail"),
    [
        ({"name": ...}, "/name", "missing", "此项必须填写。"),
        ({"name": 5}, "/name", "wrong-type", "这里应为文字，收到的是整数。"),
        ({"name": None}, "/name", "wrong-type", "这里应为文字，收到的是空值。"),
        ({"name": ""}, "/name", "too-short", "太短了，至少 1 个字符。"),
        ({"name": "刘" * 61}, "/name", "too-long", "太长了，最多 60 个字符。"),
        ({"name": "a\x00b"}, "/name", "nul", "文字中不能含有空字符（NUL）。"),
        ({"name_": 1}, "/name_", "unknown-field", "这里没有这个字段。"),
        (
            {"at": "2026-05-01T09:30:00"},
            "/at",
            "time-without-offset",
            "时间必须写明时区，例如 2026-05-01T09:30:00+08:00。",
        ),
        (
            {"at": "yesterday"},
            "/at",
            "not-a-time",
            "不是规范的日期时间，应写成 2026-05-01T09:30:00+08:00 这样（RFC 3339）。",
        ),
        ({"day": "5/1"}, "/day", "not-a-date", "不是规范的日期，应写成 2026-05-01 这样（RFC 3339）。"),
        ({"id": "7"}, "/id", "not-a-uuid", "不是有效的 UUID，应写成 01890a5d-ac96-774b-bcce-b302099a8057 这样。"),
        ({"channel": "fax"}, "/channel", "not-one-of", "'fax' 不在可选值之内。"),
        ({"count": "many"}, "/count", "wrong-type", "这里应为整数，收到的是文字。"),
        ({"needs": "none"}, "/needs", "wrong-type", "这里应为列表，收到的是文字。"),
        ({"needs": [{"category": "a"}] * 3}, "/needs", "too-many", "太多了，最多 2 项。"),
        ({"needs": [{"category": "a"}, {}]}, "/needs/1/category", "missing", "此项必须填写。"),
        ({"needs": [{"category": "a", "weight": 11}]}, "/needs/0/weight", "too-large", "数值太大，最大为 10.0。"),
        ({"needs": [{"category": "a b"}]}, "/needs/0/category", "form", "格式不对，应符合：^[A-Za-z0-9_.:-]+$"),
        ({"by_topic": {"water.well": "x"}}, "/by_topic", "wrong-type", "这里应为整数，收到的是文字。"),
    ],
)
async def test_a_body_of_the_wrong_shape_names_the_field_and_says_what_is_wrong(client, change, pointer, code, detail):
    body = {name: value for name, value in (GOOD | change).items() if value is not ...}
    answer = await client.post("/told", json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "core/malformed")
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"], error["detail"]) == (pointer, code, detail)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"null", b"[]", b'{"name": NaN}', b"[" * 100_000, b'{"name": "\\ud800"}']
)
async def test_a_body_that_is_not_what_it_should_be_is_refused_without_a_crash(client, body):
    answer = await client.post("/told", content=body, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (400, "core/malformed")


async def test_a_missing_body_is_said_to_be_missing(client):
    (error,) = (await client.post("/told")).json()["errors"]

    assert (error["pointer"], error["detail"]) == ("", "请求缺少正文。")


async def test_a_parameter_at_fault_is_named_as_it_stands_in_the_address(client):
    (unknown,) = (await client.get("/since", params={"channel": "fax"})).json()["errors"]
    (missing,) = (await client.get("/must")).json()["errors"]

    assert (unknown["pointer"], unknown["code"]) == ("channel", "not-one-of")
    assert (missing["pointer"], missing["detail"]) == ("code", "缺少这个参数。")


async def test_a_time_without_an_offset_is_refused_in_an_address_too(client):
    (error,) = (await client.get("/since", params={"after": "2026-05-01T09:30:00"})).json()["errors"]

    assert (error["pointer"], error["code"]) == ("after", "time-without-offset")
    told = await client.get("/since", params={"after": "2026-05-01T09:30:00+08:00"})
    assert told.json() == {"after": "2026-05-01 09:30:00+08:00"}


def test_a_row_of_a_batch_is_told_its_faults_in_the_same_words():
    with pytest.raises(msgspec.ValidationError) as fault:
        msgspec.json.decode(b'{"name": "a", "at": "x", "channel": "visit"}', type=Told)

    assert malformed.of_body(fault.value).pointer == "/at"


async def test_an_unknown_address_and_a_wrong_method_are_problems_too(client):
    unknown, wrong = await client.get("/nowhere"), await client.get("/told")

    assert (unknown.status_code, unknown.json()["title"]) == (404, "没有找到")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST, OPTIONS")
    assert (await client.head("/nowhere")).status_code == 404


async def test_who_is_not_signed_in_is_told_how(client):
    answer = await client.get("/stranger")

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="lianxin"')


async def test_the_frameworks_own_headers_stay_on_its_refusals(client):
    answer = await client.get("/many")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")


async def test_a_database_that_is_full_is_a_reason_to_try_later_and_no_bug(client):
    answer = await client.get("/full")

    assert (answer.status_code, answer.json()["code"]) == (503, "core/database-down")
    assert answer.headers["retry-after"] == "5"


async def test_our_bug_is_noted_under_a_number_and_tells_nobody_what_it_was(client):
    with capture_logs() as logged:
        answer = await client.get("/bug")

    noted = next(line for line in logged if line["event"] == "our bug")
    assert answer.status_code == 500
    assert answer.json()["trouble"] == noted["trouble"]
    assert noted["trouble"] in answer.json()["detail"]
    assert "13800000000" not in answer.text
