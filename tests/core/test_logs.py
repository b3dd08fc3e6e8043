import asyncio
import io
import json
import logging
import os
import re
import subprocess
import sys
import warnings
from datetime import datetime
from uuid import UUID

import asyncpg
import pytest
import structlog
from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody

from backend.core import database, logs, words
from backend.core.words import say

PHONE, NAME, TOKEN = "13800000000", "刘大爷", "eyJhbGciOi.secret"


@pytest.fixture
def written(monkeypatch):
    """The real configuration, writing into memory; everything as it was afterwards."""
    names = (None, "uvicorn", "uvicorn.error", "uvicorn.access", "pgqueuer", "litestar", "piccolo", "asyncio")
    kept = [(log := logging.getLogger(name), log.handlers[:], log.level, log.propagate, log.disabled) for name in names]
    stream = io.StringIO()
    logs.configure(stream=stream)
    monkeypatch.setattr(logs, "log", structlog.get_logger("backend.access"))
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    logging.captureWarnings(False)
    for log, handlers, level, propagate, disabled in kept:
        log.handlers[:], log.propagate, log.disabled = handlers, propagate, disabled
        log.setLevel(level)


@get("/visits/{visit_id:uuid}")
async def get_visit(visit_id: FromPath[UUID]) -> dict[str, str]:
    return {"said": say("Not found"), "request": logs.request_id.get(), "id": str(visit_id)}


@post("/visits")
async def record_visit(data: JSONBody[dict]) -> None:
    raise RuntimeError(f"{NAME} {data}")


@get("/gone")
async def gone() -> None:
    raise NotFoundException(detail=PHONE)


VISIT = "/visits/01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
def client(client_of):
    return client_of(get_visit, record_visit, gone)


async def test_a_request_leaves_one_line_with_its_route_template_and_no_path_or_query(written, client):
    await client.get(
        VISIT, params={"token": TOKEN}, headers={"authorization": f"Bearer {TOKEN}", "x-request-id": "walk-1"}
    )

    (line,) = written()
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert line.pop("duration_ms") > 0
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/visits/{visit_id}",
        "status": 200,
        "request_id": "walk-1",
    }


async def test_an_address_that_no_route_knows_is_told_without_repeating_it(written, client):
    await client.get(f"/openrosa/key/{TOKEN}/formList")

    (line,) = written()
    assert (line["route"], line["status"]) == ("unknown", 404)


async def test_a_crash_is_told_by_kind_and_place_without_what_it_said_or_was_sent(written, client):
    answer = await client.post(f"/visits?phone={PHONE}", json={"phone": PHONE})
    bug, request = written()

    assert answer.status_code == 500
    assert (bug["event"], bug["level"], bug["trouble"]) == ("our bug", "error", answer.json()["trouble"])
    assert bug["error"][0]["kind"] == "builtins.RuntimeError"
    assert bug["error"][0]["at"][-1].endswith("record_visit")
    assert (request["event"], request["status"]) == ("request", 500)
    assert bug["request_id"] == request["request_id"]
    told = json.dumps([bug, request], ensure_ascii=False)
    assert PHONE not in told
    assert NAME not in told


@pytest.mark.parametrize("given", ["walk-1", "A" * 64, "01890a5d-ac96-774b-bcce-b302099a8057"])
async def test_a_sane_request_id_is_kept_and_answered(client, given):
    answer = await client.get(VISIT, headers={"x-request-id": given})

    assert answer.headers["x-request-id"] == given == answer.json()["request"]


@pytest.mark.parametrize("given", ["", "a" * 65, "a b", "é", "a_b", PHONE + "\t", "<script>"])
async def test_any_other_request_id_is_replaced_by_a_new_one(client, given):
    answer = await client.get(VISIT, headers={"x-request-id": given.encode()})

    assert answer.headers["x-request-id"] != given
    assert UUID(answer.headers["x-request-id"])


async def test_two_requests_at_once_keep_their_ids_and_languages_apart(client):
    asked = [
        client.get(VISIT, headers={"x-request-id": f"r-{n}", "accept-language": ("zh", "en")[n % 2]}) for n in range(20)
    ]
    answers = [answer.json() for answer in await asyncio.gather(*asked)]

    assert [answer["request"] for answer in answers] == [f"r-{n}" for n in range(20)]
    assert [answer["said"] for answer in answers] == ["没有找到", "Not found"] * 10
    assert (logs.request_id.get(), words.language.get()) == ("", "zh")


async def test_a_refusal_before_any_route_speaks_the_readers_language_too(client):
    assert (await client.get("/nowhere", headers={"accept-language": "en"})).json()["title"] == "Not found"
    assert (await client.get("/nowhere")).json()["title"] == "没有找到"


async def test_probes_that_go_well_fill_no_log(written, client_of):
    @get("/health/live")
    async def live() -> None: ...

    await client_of(live).get("/health/live")
    assert written() == []


@pytest.mark.filterwarnings("default")
def test_the_libraries_speak_through_the_same_lines(written):
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    logging.getLogger("pgqueuer").warning("Flush failed")
    logging.getLogger("some.library").info("chatter")
    warnings.warn_explicit("worn out", DeprecationWarning, "x.py", 1)

    assert [(line["event"], line["level"], line["logger"]) for line in written()] == [
        ("Started server process [7]", "info", "uvicorn.error"),
        ("Flush failed", "warning", "pgqueuer"),
        ("x.py:1: DeprecationWarning: worn out", "warning", "py.warnings"),
    ]


def test_uvicorns_own_access_log_which_holds_raw_paths_is_silent(written):
    logging.getLogger("uvicorn.access").info('%s - "%s %s"', "127.0.0.1", "GET", f"/r/{TOKEN}")

    assert written() == []


def test_a_librarys_error_is_told_without_its_text_and_without_what_follows_the_first_line(written):
    try:
        raise ValueError(PHONE)
    except ValueError:
        logging.getLogger("asyncio").error(
            "Task exception was never retrieved\nfuture: <ValueError('%s')>", PHONE, exc_info=True
        )

    (line,) = written()
    assert line["event"] == "Task exception was never retrieved"
    assert line["error"][0]["kind"] == "builtins.ValueError"
    assert PHONE not in json.dumps(line)


async def test_an_error_of_the_database_names_the_constraint_but_no_row(written, pool):
    try:
        await database.fetch("SELECT 1 / (length($1) - 11)", PHONE)
    except asyncpg.PostgresError as error:
        structlog.get_logger().error("refused", exc_info=error)
    refused = asyncpg.CheckViolationError(f"Failing row contains ({PHONE}).")
    refused.sqlstate, refused.constraint_name = "23514", "phone_is_short"
    structlog.get_logger().error("refused", exc_info=refused)

    division, check = written()
    assert division["error"][0]["sqlstate"] == "22012"
    assert (check["error"][0]["sqlstate"], check["error"][0]["constraint_name"]) == ("23514", "phone_is_short")
    assert PHONE not in json.dumps([division, check])


def test_an_error_about_code_keeps_its_text_and_its_causes(written):
    try:
        try:
            {}[PHONE]
        except KeyError as cause:
            raise TypeError("unsupported operand") from cause
    except TypeError as error:
        structlog.get_logger().error("bug", exc_info=error)

    (line,) = written()
    assert [(each["kind"], each.get("text")) for each in line["error"]] == [
        ("builtins.TypeError", "unsupported operand"),
        ("builtins.KeyError", None),
    ]


def test_a_value_that_json_does_not_know_is_told_by_its_kind(written):
    structlog.get_logger().info("odd", thing=object(), moment=datetime(2026, 5, 1), number=UUID(int=1))  # noqa: DTZ001

    (line,) = written()
    assert (line["thing"], line["number"]) == ("object", str(UUID(int=1)))


_PROCESS = """
import logging, warnings
import structlog
from backend.core import logs
logs.configure()
structlog.get_logger().info("ours")
logging.getLogger("uvicorn.error").info("theirs")
warnings.warn("worn out")
"""


def test_every_line_of_a_process_goes_to_stderr_as_json_and_nothing_to_stdout():
    done = subprocess.run(
        [sys.executable, "-c", _PROCESS],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]

    assert done.stdout == ""
    assert [line["event"].partition(": ")[2] or line["event"] for line in lines] == [
        "ours",
        "theirs",
        "UserWarning: worn out",
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", line["timestamp"]) for line in lines)
