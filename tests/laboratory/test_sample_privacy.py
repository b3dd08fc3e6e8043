"""What was found in a farmer's free sample: for the desk that tests it and its experts; for others with his consent."""

import hashlib

import pytest

from backend.core.database import fetch, fetch_row
from backend.laboratory import sample_consents, sample_lists, sample_records, samples
from backend.laboratory.sample_refusals import NotYourSample, SampleUnknown
from backend.laboratory.sample_schemas import NewSample, NewSampleConsent, SampleRecord
from backend.laboratory.visibility import reader, sees
from backend.laboratory.words import RunKind, SampleConsentPurpose, SampleKind, Verdict
from backend.people.actors import Actor
from tests.cast import OTHER_VILLAGE, VILLAGE
from tests.laboratory.bench import Bench

NAME, PHONE = "林大山", "199 0000 0058"


async def of_a_farmer(bench: Bench, **changed: object) -> SampleRecord:
    """A free test of somebody who left name and phone, taken in at the station; a banned substance was found."""
    told = {"kind": SampleKind.PRODUCE, "crop_said": "韭菜", "contact_name": NAME, "contact_phone": PHONE}
    new = NewSample(**(told | {"division_code": VILLAGE} | changed))
    made = await samples.receive(new=new, by=bench.station_technician, door="test")
    await found(bench, made.record.id)
    return made.record


async def found(bench: Bench, sample_id: object, verdict: str = "positive") -> None:
    await bench.result(sample_id, 78.0, verdict=verdict, ban_found=True)
    await fetch("UPDATE laboratory_sample SET results_n = results_n + 1 WHERE id = $1", sample_id)


async def read(sample: SampleRecord, who: Actor) -> SampleRecord:
    return await sample_records.get(sample_id=sample.id, by=who)


async def test_the_desk_and_its_experts_read_what_was_found(bench: Bench) -> None:
    sample = await of_a_farmer(bench)
    for who in (bench.technician, bench.expert, bench.second):
        record = await read(sample, who)
        assert (record.verdict, record.withheld) == ("positive", False), who.name
        assert (record.contact_name, record.contact_phone) == (NAME, "+8619900000058")
        assert record.slip_url


async def test_overseers_and_who_took_it_in_read_that_something_is_withheld_and_nothing_else(bench: Bench) -> None:
    sample = await of_a_farmer(bench)
    for who in (bench.cast.supervisor, bench.cast.auditor, bench.cast.admin, bench.station_technician):
        record = await read(sample, who)
        assert (record.verdict, record.withheld, record.slip_url) == (None, True, None), who.name
        assert "request_retest" not in record.may
    overseer = await read(sample, bench.cast.supervisor)
    assert (overseer.contact_name, overseer.contact_phone) == (None, None)


async def test_a_cadre_who_serves_the_household_sees_its_sample_and_not_what_was_found(bench: Bench) -> None:
    sample = await of_a_farmer(bench, household_id=bench.cast.household)
    record = await read(sample, bench.cast.cadre)
    assert (record.verdict, record.withheld, record.contact_name, record.slip_url) == (None, True, None, None)
    with pytest.raises(SampleUnknown):
        await read(sample, bench.cast.next_cadre)


async def test_a_stranger_and_a_technician_of_another_county_do_not_see_it_at_all(bench: Bench) -> None:
    sample = await of_a_farmer(bench)
    for who in (bench.cast.stranger, bench.outsider, bench.cast.expert, bench.cast.technician):
        with pytest.raises(SampleUnknown):
            await read(sample, who)


async def test_withheld_tells_the_same_whatever_was_found(bench: Bench) -> None:
    bad, good = await of_a_farmer(bench, code="A"), await of_a_farmer(bench, code="B")
    await fetch("UPDATE laboratory_result SET verdict = 'negative', ban_found = FALSE WHERE sample = $1", good.id)
    told = [await read(each, bench.cast.supervisor) for each in (bad, good)]
    assert {(each.verdict, each.withheld, tuple(each.may)) for each in told} == {(None, True, ())}


async def test_with_the_farmers_consent_others_read_it_and_without_it_no_more(bench: Bench) -> None:
    sample = await of_a_farmer(bench)
    await bench.shares(sample.id)
    assert (await read(sample, bench.cast.supervisor)).verdict == "positive"
    await bench.shares(sample.id, given=False)
    assert (await read(sample, bench.cast.supervisor)).verdict is None


async def test_overseers_read_what_the_authority_sampled(bench: Bench) -> None:
    sample = await of_a_farmer(bench, run_kind=RunKind.SUPERVISION)
    assert (await read(sample, bench.cast.supervisor)).verdict == "positive"


async def test_a_list_and_its_filter_tell_no_more_than_the_sample_does(bench: Bench) -> None:
    sample = await of_a_farmer(bench)
    positive = sample_lists.Filters(verdict=Verdict.POSITIVE)
    negative = sample_lists.Filters(verdict=Verdict.NEGATIVE)

    ours = await sample_lists.list_samples(by=bench.technician, filters=positive)
    assert [(each.id, each.verdict) for each in ours.items] == [(sample.id, "positive")]
    for filters in (positive, negative):
        assert (await sample_lists.list_samples(by=bench.cast.supervisor, filters=filters)).items == []
    (item,) = (await sample_lists.list_samples(by=bench.cast.supervisor)).items
    assert (item.verdict, item.withheld) == (None, True)
    assert (await sample_lists.list_samples(by=bench.outsider)).items == []


async def test_whoever_took_it_in_prints_the_slip_until_there_is_something_to_read_behind_it(bench: Bench) -> None:
    new = NewSample(kind=SampleKind.PRODUCE, household_id=bench.cast.household)
    sample = (await samples.receive(new=new, by=bench.cast.cadre, door="test")).record
    assert sample.slip_url == (await read(sample, bench.cast.cadre)).slip_url
    await found(bench, sample.id, "negative")
    assert (await read(sample, bench.cast.cadre)).slip_url is None


async def test_a_read_of_a_contact_stands_in_the_access_log_and_one_without_does_not(bench: Bench) -> None:
    sample = await of_a_farmer(bench)
    await read(sample, bench.technician)
    await read(sample, bench.cast.supervisor)
    rows = await fetch(
        "SELECT person, fields FROM people_access_log WHERE subject_id = $1 AND person <> $2",
        sample.id,
        bench.station_technician.person_id,
    )
    assert [(row["person"], row["fields"]) for row in rows] == [
        (bench.technician.person_id, ["contact_name", "contact_phone"])
    ]


async def test_who_only_oversees_does_not_write_down_the_consent_that_would_let_him_read(bench: Bench) -> None:
    sample = await of_a_farmer(bench)
    line = NewSampleConsent(
        purpose=SampleConsentPurpose.SHARE,
        text_version="1",
        text_sha256=hashlib.sha256(b"words").hexdigest(),
        given=True,
    )
    for who in (bench.cast.supervisor, bench.cast.admin, bench.cast.auditor):
        with pytest.raises(NotYourSample):
            await sample_consents.record(sample_id=sample.id, new=line, by=who)
    with pytest.raises(SampleUnknown):
        await sample_consents.record(sample_id=sample.id, new=line, by=bench.outsider)
    assert not (await sample_consents.agreed(sample_id=sample.id))[SampleConsentPurpose.SHARE]
    himself = await sample_consents.record(sample_id=sample.id, new=line, by=None)
    assert (himself.created, himself.record.recorded_by) == (True, None)
    assert (await sample_consents.agreed(sample_id=sample.id))[SampleConsentPurpose.SHARE]


async def test_no_name_and_no_number_lies_readable_in_the_row(bench: Bench) -> None:
    sample = await of_a_farmer(bench)
    row = await fetch_row("SELECT row_to_json(s)::text AS all FROM laboratory_sample s WHERE id = $1", sample.id)
    assert NAME not in row["all"]
    assert "9900000058" not in row["all"]


async def test_a_list_holds_exactly_what_each_reader_sees_one_by_one(bench: Bench) -> None:
    made = [
        await bench.sample("A"),
        await bench.sample("B", unit=bench.station, holder=bench.station),
        await bench.sample("C", drop_off=bench.station, holder=bench.station),
        await bench.sample("D", unit=bench.elsewhere, holder=bench.elsewhere, division_code=OTHER_VILLAGE),
        await bench.sample("E", household=bench.cast.household, received_by=bench.cast.operator.person_id),
        await bench.sample("F", unit=bench.elsewhere, holder=bench.elsewhere, received_by=bench.cast.cadre.person_id),
        await bench.held("G"),
    ]
    cast = bench.cast
    for who in (
        *(bench.technician, bench.station_technician, bench.expert, bench.outsider, cast.cadre, cast.next_cadre),
        *(cast.operator, cast.supervisor, cast.auditor, cast.admin, cast.stranger, cast.handler, cast.technician),
    ):
        reading = await reader(who)
        one_by_one = {id for id in made if await sees(reading, id)}
        listed = [each.id for each in (await sample_lists.list_samples(by=who)).items]
        assert (set(listed), len(listed)) == (one_by_one, len(one_by_one)), who.name
