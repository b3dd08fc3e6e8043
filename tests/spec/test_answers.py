"""What is held against the document: an answer that is not told there fails the test that got it."""

from typing import Any

import httpx
import pytest
from litestar import Litestar, Response, get, post
from litestar.params import JSONBody

from backend.core.problems import PROBLEM_JSON
from tests.spec.answers import Held


async def asked(answer: Response[Any], **request: Any) -> httpx.Response:
    """`checkLiveness`, answered like this."""

    @get("/health/live", operation_id="checkLiveness")
    async def check() -> Response[Any]:
        return answer

    transport = httpx.ASGITransport(Held(Litestar([check], openapi_config=None)))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/health/live", **request)


async def test_an_answer_as_it_is_told_goes_by() -> None:
    assert (await asked(Response({"status": "ok"}))).json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response({"status": "ok"}, status_code=202), "checkLiveness 202: the status is not told"),
        (Response({"status": 1}), "checkLiveness 200: /status 1 is not of type 'string'"),
        (Response({"status": "ok", "load": 3}), "('load' was unexpected)"),
        (Response(b"ok", media_type="text/plain"), "content of the kind text/plain is not told"),
        (Response({"status": "ok"}, headers={"X-Load": "3"}), "header x-load is not told"),
        (Response({}, status_code=503, media_type=PROBLEM_JSON), "(Retry-After)"),
        (Response({}, status_code=404, media_type=PROBLEM_JSON), "'code' is a required property"),
    ],
    ids=["status", "type", "member", "kind", "header", "retry", "problem"],
)
async def test_what_is_not_told_is_named_with_operation_status_and_place(answer: Response[Any], said: str) -> None:
    with pytest.raises(AssertionError) as raised:
        await asked(answer)

    assert said in str(raised.value)


async def test_a_code_that_the_catalogue_has_with_another_status_is_named() -> None:
    problem = {
        "type": "/docs/problems/core/unknown",
        "title": "x",
        "status": 400,
        "detail": "x",
        "code": "core/unknown",
    }

    with pytest.raises(AssertionError, match="core/unknown is not in the catalogue with this status"):
        await asked(Response(problem, status_code=400, media_type=PROBLEM_JSON))


async def test_a_code_that_is_not_listed_for_the_operation_is_named_with_the_line_to_add() -> None:
    def refusal(code: str) -> Response[Any]:
        problem = {"type": f"/docs/problems/{code}", "title": "x", "status": 400, "detail": "x", "code": code}
        return Response(problem, status_code=400, media_type=PROBLEM_JSON)

    assert (await asked(refusal("core/malformed"))).status_code == 400, "which any operation may answer"
    with pytest.raises(AssertionError) as raised:
        await asked(refusal("core/invalid"))

    assert 'add "core/invalid" to checkLiveness in backend/openapi/refusals.toml' in str(raised.value)


async def test_what_is_taken_and_may_not_be_sent_is_named() -> None:
    with pytest.raises(AssertionError, match="checkLiveness request: parameter deep is not told"):
        await asked(Response({"status": "ok"}), params={"deep": "1"})


async def test_a_body_that_is_taken_and_does_not_fit_is_named() -> None:
    @post("/api/v1/sessions", operation_id="signOutEverywhere", status_code=204)
    async def taken(data: JSONBody[dict[str, Any]]) -> None:
        pass

    transport = httpx.ASGITransport(Held(Litestar([taken], openapi_config=None)))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        with pytest.raises(AssertionError, match="request: a body of the kind application/json is not told"):
            await client.post("/api/v1/sessions", json={"a": 1})
