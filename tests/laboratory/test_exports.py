"""Results for farm software and spreadsheets: the shape they know, only what the reader may read."""

import csv
from collections.abc import AsyncIterator
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import httpx
import jsonschema
import msgspec
import pytest

from backend.core import clock
from backend.core.refusals import Invalid
from backend.laboratory import export_queries, export_routes, exporting
from backend.laboratory.export_queries import Wanted
from backend.laboratory.report_refusals import TooMuchToExport
from backend.laboratory.sample_refusals import SampleUnknown
from backend.laboratory.words import Comparator, Method, RunKind, SampleKind
from backend.people.actors import Actor
from tests.laboratory.bench import Bench, client_of, signed_in

RESULT = {
    "type": "object",
    "required": ["analyte"],
    "properties": {
        "analyte": {"type": "string", "minLength": 1},
        "value": {"oneOf": [{"type": "number"}, {"type": "string"}]},
        "units": {"type": "string"},
        "modusTestID": {"type": "string", "pattern": "^L_MODV2_SOIL_"},
    },
}
SAMPLE = {
    "type": "object",
    "required": ["id", "lab", "source", "results"],
    "properties": {
        "depth": {"type": "object", "required": ["top", "bottom", "units"]},
        "results": {"type": "object", "additionalProperties": RESULT},
        "source": {"type": "object", "properties": {"date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}}},
    },
}
SLIM = {
    "type": "object",
    "required": ["_type", "id", "date", "type"],
    "properties": {
        "_type": {"const": "application/vnd.modus.slim.v1.0+json"},
        "date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "type": {"enum": ["soil", "plant-tissue", "nematode", "water", "residue"]},
        "samples": {"type": "object", "additionalProperties": SAMPLE},
    },
}
"""What the published schema of Modus slim v1 asks of what we write."""


def recent(**said: Any) -> Wanted:
    """All of the last hour."""
    now = clock.now()
    return Wanted(**({"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)} | said))


async def soil(bench: Bench, code: str = "T-001", **columns: Any) -> UUID:
    """A farmer's sample of soil with five results."""
    given = {"kind": SampleKind.SOIL, "household": bench.cast.household, "plot": "=村东3号", "depth_top_cm": 0}
    sample_id = await bench.sample(code, **(given | {"depth_bottom_cm": 20, "cores_n": 15} | columns))
    rows: list[dict[str, Any]] = [
        {"analyte": "ph", "percent": 6.5, "unit_said": None, "ph_class": "neutral"},
        {"analyte": "olsen_p", "percent": 12.5, "unit_said": "mg/kg", "grade": 3},
        {"analyte": "available_k", "percent": 30, "unit_said": "mg/kg", "comparator": Comparator.BELOW},
        {"analyte": "cadmium", "percent": 0.2, "unit_said": "mg/kg", "category": "priority_protection"},
        {"analyte": None, "analyte_text": "神秘元素", "percent": 1, "unit_said": "g/kg"},
    ]
    for row in rows:
        await bench.result(sample_id, row.pop("percent"), method=Method.SOIL_TEST, **row)
    return sample_id


async def as_modus(*, wanted: Wanted, by: Actor) -> dict[str, Any]:
    """The document as it goes over the wire."""
    document: dict[str, Any] = msgspec.to_builtins(await exporting.as_modus(wanted=wanted, by=by))
    return document


def results_of(document: dict[str, Any], sample_id: UUID) -> dict[str, dict[str, Any]]:
    """By analyte."""
    return {each["analyte"]: each for each in document["samples"][str(sample_id)]["results"].values()}


@pytest.fixture
async def wire(bench: Bench) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(export_routes.router) as client:
        yield client


async def test_the_document_has_the_published_shape_and_the_analytes_modus_names(bench: Bench) -> None:
    sample_id = await soil(bench)
    document = await as_modus(wanted=recent(), by=bench.technician)

    jsonschema.validate(document, SLIM)
    found = results_of(document, sample_id)
    assert set(found) == {"PH", "P", "K", "CD", "神秘元素"}
    assert (found["PH"]["value"], found["PH"]["units"]) == (6.5, "[pH]")
    assert (found["P"]["value"], found["P"]["units"]) == (12.5, "mg/kg")
    assert document["samples"][str(sample_id)]["depth"] == {"top": 0, "bottom": 20, "units": "cm"}
    assert document["lab"]["name"] == "农技工作室"


async def test_modus_own_test_id_goes_only_with_the_same_method_and_says_how_far_modus_stands_by_it(
    bench: Bench,
) -> None:
    sample_id = await soil(bench)
    found = results_of(await as_modus(wanted=Wanted(sample_id=sample_id), by=bench.expert), sample_id)

    assert found["PH"]["modusTestID"] == "L_MODV2_SOIL_PH_007"
    assert found["PH"]["lianxin"]["modusAcceptance"] == "PROVISIONAL"
    assert found["P"]["modusTestID"] == "L_MODV2_SOIL_P_045"
    assert "modusTestID" not in found["K"]
    assert found["K"]["lianxin"]["nearestModusTestID"] == "L_MODV2_SOIL_K_002"
    assert "modusTestID" not in found["CD"]
    assert found["CD"]["lianxin"]["verdict"] == "priority_protection"


async def test_a_censored_value_stays_a_text_with_its_sign(bench: Bench) -> None:
    sample_id = await soil(bench)
    found = results_of(await as_modus(wanted=recent(), by=bench.technician), sample_id)

    assert (found["K"]["value"], found["K"]["lianxin"]["comparator"]) == ("<30", "<")


async def test_soil_and_residues_are_never_in_one_document(bench: Bench) -> None:
    soil_id, produce = await soil(bench), await bench.sample("NY-001")
    await bench.result(produce, 63.2, verdict="positive")
    both = recent()
    of_soil = await as_modus(wanted=both, by=bench.technician)
    residues = await as_modus(wanted=Wanted(sample_id=produce), by=bench.technician)

    assert (of_soil["type"], list(of_soil["samples"])) == ("soil", [str(soil_id)])
    assert (residues["type"], list(residues["samples"])) == ("residue", [str(produce)])
    jsonschema.validate(residues, SLIM)
    assert results_of(residues, produce)["CHOLINESTERASE_INHIBITION"]["lianxin"]["verdict"] == "positive"


async def test_a_farmers_findings_are_in_nobodys_file_who_may_not_read_them(bench: Bench) -> None:
    sample_id = await soil(bench)
    await bench.held("没登记")

    for who in (bench.cast.cadre, bench.cast.supervisor, bench.cast.auditor):
        assert (await as_modus(wanted=recent(), by=who))["samples"] == {}
        assert (await as_modus(wanted=Wanted(sample_id=sample_id), by=who))["samples"] == {}
    for who in (bench.cast.stranger, bench.outsider):
        with pytest.raises(SampleUnknown):
            await as_modus(wanted=Wanted(sample_id=sample_id), by=who)
    await bench.shares(sample_id)
    assert list((await as_modus(wanted=recent(), by=bench.cast.cadre))["samples"]) == [str(sample_id)]


async def test_for_a_partner_only_what_was_agreed_to_and_no_households_number(bench: Bench) -> None:
    await soil(bench, "T-001")
    agreed = await soil(bench, "T-002")
    taken = await soil(bench, "T-003", run_kind=RunKind.SUPERVISION, household=None)
    await bench.shares(agreed)
    own = await as_modus(wanted=recent(), by=bench.technician)
    theirs = await as_modus(wanted=recent(for_partner=True), by=bench.technician)

    assert len(own["samples"]) == 3
    assert set(theirs["samples"]) == {str(agreed), str(taken)}
    assert own["samples"][str(agreed)]["source"]["grower"] == {"id": "LLM-001"}
    assert "LLM-001" not in str(theirs)
    table = await exporting.as_csv(wanted=recent(for_partner=True), by=bench.technician)
    assert "LLM-001" not in table.decode("utf-8-sig")


async def test_the_table_opens_in_a_spreadsheet_and_calculates_nothing(bench: Bench) -> None:
    await soil(bench)
    content = await exporting.as_csv(wanted=recent(), by=bench.technician)
    rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))

    assert content.startswith(b"\xef\xbb\xbf")
    assert [(row["modus_analyte"], row["comparator"], row["value"]) for row in rows][:3] == [
        ("PH", "", "6.5"), ("P", "", "12.5"), ("K", "<", "30"),
    ]  # fmt: skip
    assert {row["plot"] for row in rows} == {"'=村东3号"}
    assert (rows[0]["modus_test_id"], rows[0]["modus_acceptance"]) == ("L_MODV2_SOIL_PH_007", "PROVISIONAL")
    assert rows[2]["nearest_modus_test_id"] == "L_MODV2_SOIL_K_002"
    assert rows[0]["household_code"] == "LLM-001"


async def test_the_same_question_is_the_same_document(bench: Bench) -> None:
    sample_id = await soil(bench)
    wanted = recent()
    first = await as_modus(wanted=wanted, by=bench.technician)

    assert await as_modus(wanted=wanted, by=bench.technician) == first
    assert (await as_modus(wanted=Wanted(sample_id=sample_id), by=bench.technician))["id"] != first["id"]


async def test_neither_sample_nor_span_is_refused_and_so_is_too_much(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid):
        await as_modus(wanted=Wanted(since=clock.now()), by=bench.technician)
    await soil(bench)
    monkeypatch.setattr(exporting, "MOST", 3)
    with pytest.raises(TooMuchToExport):
        await as_modus(wanted=recent(), by=bench.technician)
    assert export_queries.MOST == 20_000


async def test_routes_ask_nobody_wrong_shape_stranger_right_person_twice(bench: Bench, wire: httpx.AsyncClient) -> None:
    sample_id = await soil(bench)
    path, asked = "/laboratory/modus", {"sample_id": str(sample_id)}
    desk = await signed_in(bench.technician)

    assert (await wire.get(path, params=asked)).status_code == 401
    assert (await wire.get(path, headers=desk)).status_code == 400
    assert (await wire.get(path, params={"since": "2026-01-01T00:00:00"}, headers=desk)).status_code == 400
    assert (await wire.get(path, params=asked, headers=await signed_in(bench.cast.stranger))).status_code == 404
    first = await wire.get(path, params=asked, headers=desk)
    again = await wire.get(path, params=asked, headers=desk)
    assert first.json() == again.json()
    assert first.json()["_type"] == "application/vnd.modus.slim.v1.0+json"
    table = await wire.get(path, params=asked, headers=desk | {"Accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert table.content.startswith(b"\xef\xbb\xbf")
