"""Outbreaks, figures and the learning set over HTTP: nobody, the wrong shape, a stranger, the right person, twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest

from backend.core import clock
from backend.diagnosis import figure_routes, outbreak_routes, outbreak_watch
from backend.people.sessions import access_token_for
from tests.application import application
from tests.cast import TOWNSHIP
from tests.diagnosis.sick_fields import BLIGHT, MAIZE, Fields

OUTBREAKS, FIGURES, LEARNING = "/outbreaks", "/figures", "/learning-set"


@pytest.fixture
async def fields(cast):
    return await Fields.make(cast)


@pytest.fixture
async def wire(cast) -> AsyncIterator[httpx.AsyncClient]:
    app = application(outbreak_routes.router, figure_routes.router)
    base_url = "http://test/api/v1/diagnosis"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url) as client:
        yield client


async def as_(actor):
    token = await access_token_for(person_id=actor.person_id, valid_for=timedelta(minutes=5))
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", [OUTBREAKS, FIGURES, LEARNING])
async def test_nobody_reads_anything(wire, path):
    assert (await wire.get(path)).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"{OUTBREAKS}?division_code=37",
            f"{OUTBREAKS}?open=perhaps",
            f"{OUTBREAKS}?crop=%27",
            f"{OUTBREAKS}?limit=0",
        ),
        *(f"{OUTBREAKS}?cursor=no", f"{OUTBREAKS}?crs=moon", f"{FIGURES}?asked_from=2026-07-01T00:00:00"),
        *(f"{FIGURES}?division_code=x", f"{LEARNING}?crop=%00"),
    ],
)
async def test_a_wrong_shape_is_said_to_be_one(wire, cast, path):
    assert (await wire.get(path, headers=await as_(cast.auditor))).status_code == 400


async def test_an_outbreak_is_read_by_its_county_and_by_no_stranger(wire, fields):
    at = clock.now()
    for n in range(5):
        await fields.sick(at=at, east_km=n)
    await outbreak_watch.look_for(condition=BLIGHT, crop=MAIZE)

    asked = {"crop": MAIZE, "condition": BLIGHT, "division_code": TOWNSHIP, "open": "true", "crs": "gcj02"}
    answer = await wire.get(OUTBREAKS, params=asked, headers=await as_(fields.cast.cadre))
    [outbreak] = answer.json()["items"]
    assert (outbreak["condition"]["name_zh"], outbreak["households_n"], outbreak["crs"]) == ("玉米大斑病", 5, "gcj02")
    again = await wire.get(OUTBREAKS, params=asked, headers=await as_(fields.cast.cadre))
    assert again.json() == answer.json()
    ended = await wire.get(OUTBREAKS, params={"open": "false"}, headers=await as_(fields.cast.cadre))
    assert ended.json() == {"items": [], "next_cursor": None}
    strange = await wire.get(OUTBREAKS, headers=await as_(fields.cast.stranger))
    assert strange.json()["items"] == []


async def test_figures_are_for_those_who_oversee(wire, fields):
    await fields.sick(at=clock.now())
    assert (await wire.get(FIGURES, headers=await as_(fields.cast.cadre))).status_code == 403
    signed = await as_(fields.cast.supervisor)
    whole = (await wire.get(FIGURES, headers=signed)).json()
    assert (whole["total"]["requests"], whole["total"]["declared"]["declared"], whole["least"]) == (1, True, 0)
    public = (await wire.get(FIGURES, params={"public": "true"}, headers=signed)).json()
    assert (public["total"]["requests"], public["least"]) == (None, 5)


async def test_the_learning_set_is_for_auditors_and_administrators(wire, cast):
    for by in (cast.supervisor, cast.expert, cast.stranger):
        assert (await wire.get(LEARNING, headers=await as_(by))).status_code == 403
    for by in (cast.auditor, cast.admin):
        answer = await wire.get(LEARNING, headers=await as_(by))
        assert (answer.status_code, answer.headers["x-total-count"]) == (200, "0")
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert answer.headers["content-type"] == "application/zip"
        assert ZipFile(BytesIO(answer.content)).namelist() == ["README.txt", "LICENCE.txt", "labels.jsonl"]
