import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.cases import anchors, ending, timeline, working
from backend.cases.chain import START, Found, chained, encode, judged
from backend.cases.timeline import NewLine, chain_on
from backend.core import clock, database, ids, storage
from backend.serving import doctor


@pytest.fixture
async def store(desk):
    """The anchors' folder, empty before and after."""
    await _empty()
    yield
    await _empty()


async def _empty():
    for path, _ in [found async for found in storage.listed(anchors.FOLDER)]:
        await storage.delete(path)


async def written(desk, n=4):
    """A case with some lines."""
    case = await desk.dispatched()
    for i in range(n - 2):
        await working.note(case_id=case.id, id=ids.uuid7(), remark=f"第{i}次", by=desk.plumber)
    return case.id


async def found(case_id):
    verdict = await anchors.verify(case_id=case_id)
    return verdict.intact, [(each.seq, each.found.value) for each in verdict.findings]


async def test_a_timeline_as_it_was_written_is_intact(desk):
    assert await found(await written(desk)) == (True, [])


CHANGES = {
    "id": "gen_random_uuid()",
    "seq": "seq + 100",
    "kind": "kind || 'x'",
    "public": "NOT public",
    "at": "at + interval '1 microsecond'",
    "by": '(SELECT id FROM people_person WHERE id IS DISTINCT FROM cases_event."by" LIMIT 1)',
    "by_unit": "NULL",
    "payload": "replace(payload, '第', '弟') || ' '",
    "salt": "set_byte(salt, 3, (get_byte(salt, 3) + 1) % 256)",
    "payload_digest": "set_byte(payload_digest, 0, (get_byte(payload_digest, 0) + 1) % 256)",
    "digest": "set_byte(digest, 31, (get_byte(digest, 31) + 1) % 256)",
}


async def test_a_change_in_any_column_is_told(desk):
    for column, changed in CHANGES.items():
        case_id = await written(desk)
        sql = f'UPDATE cases_event SET "{column}" = {changed} WHERE "case" = $1 AND seq = 2'
        await database.fetch(sql, case_id)
        intact, findings = await found(case_id)

        assert not intact, column
        assert {name for _, name in findings} <= {"changed", "missing"}


LINES = chain_on(
    (0, START),
    [NewLine(kind="noted", public=False, payload={"remark": "水泵坏了", "n": i}) for i in range(4)],
    case_id=ids.uuid7(),
    by=ids.uuid7(),
    by_unit=ids.uuid7(),
    at=clock.now(),
)


@given(
    which=st.integers(0, 3),
    field=st.sampled_from(["payload", "salt", "payload_digest", "digest"]),
    place=st.integers(0, 10_000),
    byte=st.integers(1, 255),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
def test_whichever_byte_changes_the_line_is_told(which, field, place, byte):
    import msgspec

    line = LINES[which]
    value = getattr(line, field)
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    raw[place % len(raw)] ^= byte
    changed = raw.decode("utf-8", "replace") if isinstance(value, str) else bytes(raw)
    lines = [*LINES[:which], msgspec.structs.replace(line, **{field: changed}), *LINES[which + 1 :]]
    verdict = judged(line.case_id, lines, _head())

    assert not verdict.intact
    assert which + 1 in {each.seq for each in verdict.findings}


def _head():
    from backend.cases.chain import seal_of

    last = LINES[-1]
    return last.seq, last.digest, seal_of(last.case_id, last.seq, last.digest)


def test_untouched_they_are_intact():
    assert judged(LINES[0].case_id, LINES, _head()).intact


async def test_a_removed_last_line_is_told_missing(desk):
    case_id = await written(desk)
    await database.fetch('DELETE FROM cases_event WHERE "case" = $1 AND seq = 4', case_id)

    assert await found(case_id) == (False, [(4, "missing")])


async def test_a_removed_middle_line_is_told_missing(desk):
    case_id = await written(desk)
    await database.fetch('DELETE FROM cases_event WHERE "case" = $1 AND seq = 2', case_id)
    intact, findings = await found(case_id)

    assert not intact
    assert (2, "missing") in findings


async def test_a_timeline_taken_away_whole_is_told(desk):
    case_id = await written(desk)
    await database.fetch('DELETE FROM cases_event WHERE "case" = $1', case_id)
    assert not (await found(case_id))[0]
    await database.fetch('DELETE FROM cases_timeline_head WHERE "case" = $1', case_id)

    assert await found(case_id) == (False, [(1, "missing")])


async def _rewrite(case_id):
    """The whole chain anew, as somebody with all rights in the database can write it, but without our key."""
    from backend.cases import timeline_queries

    before, lines = START, await timeline_queries.lines(case_id)
    for line in lines:
        import msgspec

        forged = msgspec.structs.replace(line, payload=encode({"remark": "没有这回事"}).decode(), salt=os.urandom(16))
        new = chained(forged, before)
        await database.fetch(
            "UPDATE cases_event SET payload = $2, salt = $3, payload_digest = $4, digest = $5 WHERE id = $1",
            *(new.id, new.payload, new.salt, new.payload_digest, new.digest),
        )
        before = new.digest
    await database.fetch('UPDATE cases_timeline_head SET digest = $2 WHERE "case" = $1', case_id, before)
    return len(lines), before


async def test_a_whole_chain_written_anew_with_the_databases_rights_alone_is_told(desk):
    case_id = await written(desk)
    n, _ = await _rewrite(case_id)

    assert await found(case_id) == (False, [(n, "changed")])


async def test_one_written_anew_with_our_key_too_is_told_by_its_anchor(desk, store):
    from backend.cases.chain import seal_of

    case_id = await written(desk)
    await anchors.anchor_heads()
    n, digest = await _rewrite(case_id)
    seal = seal_of(case_id, n, digest)
    await database.fetch('UPDATE cases_timeline_head SET seal = $2 WHERE "case" = $1', case_id, seal)

    assert (await timeline.verify(case_id=case_id)).intact
    assert await found(case_id) == (False, [(n, "changed")])


async def test_a_timeline_cut_back_to_an_old_end_with_its_old_seal_is_told_by_its_anchor(desk, store):
    case_id = await written(desk)
    old = await database.fetch_row('SELECT seq, digest, seal FROM cases_timeline_head WHERE "case" = $1', case_id)
    await working.note(case_id=case_id, id=ids.uuid7(), remark="要紧的话", by=desk.plumber)
    await anchors.anchor_heads()
    await database.fetch('DELETE FROM cases_event WHERE "case" = $1 AND seq = 5', case_id)
    await database.fetch(
        'UPDATE cases_timeline_head SET seq = $2, digest = $3, seal = $4 WHERE "case" = $1', case_id, *old
    )

    assert (await timeline.verify(case_id=case_id)).intact
    assert await found(case_id) == (False, [(5, "missing")])


async def test_an_erased_payload_is_told_erased_and_breaks_nothing(desk):
    case_id = await written(desk)
    await timeline.erase(case_id=case_id)

    assert await found(case_id) == (True, [(i, "erased") for i in (1, 2, 3, 4)])
    await working.note(case_id=case_id, id=ids.uuid7(), remark="后来的话", by=desk.plumber)
    assert (await found(case_id))[0]


async def test_an_erased_line_that_was_moved_about_afterwards_is_still_told(desk):
    case_id = await written(desk)
    await timeline.erase(case_id=case_id)
    await database.fetch("UPDATE cases_event SET kind = 'answered' WHERE \"case\" = $1 AND seq = 3", case_id)

    assert (3, Found.CHANGED) in [(f.seq, f.found) for f in (await anchors.verify(case_id=case_id)).findings]


async def test_a_citizen_has_himself_forgotten_and_verification_says_erased(desk):
    case = await desk.resolved()
    await ending.reopen(case_id=case.id, id=ids.uuid7(), reason="我家在村东第三户，又漏了", by=None)
    await ending.withdraw(case_id=case.id, id=ids.uuid7(), remark="不用修了", by=None)
    id = ids.uuid7()
    gone = await ending.erase_contact(case_id=case.id, id=id, by=None)
    assert await ending.erase_contact(case_id=case.id, id=id, by=None) == gone

    assert not gone.has_contact
    assert (gone.title, gone.description) == (ending.ERASED_TITLE, "")
    row = await database.fetch_row(
        "SELECT contact_name_sealed, contact_phone_sealed, contact_phone_index FROM cases_case WHERE id = $1", case.id
    )
    assert set(row.values()) == {None}
    intact, findings = await found(case.id)
    assert intact
    assert {name for _, name in findings} == {"erased"}
    payloads = await database.fetch('SELECT payload FROM cases_event WHERE "case" = $1', case.id)
    assert not any("第三户" in (row["payload"] or "") for row in payloads)


async def test_of_an_open_case_only_the_contact_and_his_words_go(desk):
    case = await desk.dispatched()
    kept = await ending.erase_contact(case_id=case.id, id=ids.uuid7(), by=None)

    assert (kept.has_contact, kept.title) == (False, "村东水管坏了")


# anchors


async def days():
    return await anchors._days()


async def test_a_day_has_one_file_with_the_heads_that_grew_bound_to_the_file_before(desk, store):
    one, other = await written(desk), await written(desk)
    await anchors.anchor_heads()
    await anchors.anchor_heads()
    assert await days() == [clock.today()]
    _, heads = anchors.read(await storage.get(anchors.path_of(clock.today())))
    assert sorted(head.case_id for head in heads) == sorted([one, other])

    with clock.stopped(clock.now() + timedelta(days=1)):
        await working.note(case_id=other, id=ids.uuid7(), remark="第二天", by=desk.plumber)
        await anchors.anchor_heads()
        header, heads = anchors.read(await storage.get(anchors.path_of(clock.today())))
    assert [(head.case_id, head.seq) for head in heads] == [(other, 5)]
    assert header.before_day == clock.today()
    assert len(header.before) == 64


async def test_what_grew_after_the_days_file_waits_for_the_next_one(desk, store):
    case_id = await written(desk)
    await anchors.anchor_heads()
    await working.note(case_id=case_id, id=ids.uuid7(), remark="下午", by=desk.plumber)
    await anchors.anchor_heads()
    row = await database.fetch_row('SELECT seq, anchored_seq FROM cases_timeline_head WHERE "case" = $1', case_id)

    assert tuple(row) == (5, 4)
    assert await found(case_id) == (True, [])


async def test_an_anchor_denied_in_the_table_is_told(desk, store):
    case_id = await written(desk)
    with clock.stopped(clock.now() + timedelta(days=1)):
        await anchors.anchor_heads()
    await database.fetch('UPDATE cases_timeline_head SET anchored_on = NULL WHERE "case" = $1', case_id)

    assert await found(case_id) == (False, [(1, "missing")])


async def test_a_sample_is_drawn_from_the_store_and_finds_what_the_table_hides(desk, store):
    one, other = await written(desk), await written(desk)
    await anchors.anchor_heads()
    assert (await anchors.verify_sample()).wrong == []
    await database.fetch('DELETE FROM cases_event WHERE "case" = $1', one)
    await database.fetch('DELETE FROM cases_timeline_head WHERE "case" = $1', one)
    looked = await anchors.verify_sample()

    assert (looked.timelines_n, looked.wrong) == (2, [one])
    assert other not in looked.wrong


async def test_a_file_changed_or_taken_away_breaks_the_chain_of_files(desk, store):
    for day in range(3):
        with clock.stopped(clock.now() + timedelta(days=day)):
            await written(desk, 2)
            await anchors.anchor_heads()
    first, second, third = await days()
    kept = await storage.get(anchors.path_of(first))
    await storage.put(anchors.path_of(first), kept.replace(b'"heads":1', b'"heads":7'))
    assert (await anchors.verify_sample()).broken_files == [second]

    await storage.put(anchors.path_of(first), kept)
    assert (await anchors.verify_sample()).broken_files == []
    await storage.delete(anchors.path_of(second))
    assert (await anchors.verify_sample()).broken_files == [third]


async def test_the_doctor_says_so(desk, store, monkeypatch):
    from contextlib import asynccontextmanager

    from backend.core.settings import settings as chosen

    @asynccontextmanager
    async def pooled(_):
        yield

    monkeypatch.setattr("backend.serving.preparing.pooled", pooled)
    assert "No timeline" in (await doctor._timelines(chosen())).says
    case_id = await written(desk)
    await anchors.anchor_heads()
    well = await doctor._timelines(chosen())
    assert not well.wrong
    assert "1 timelines of cases read as they were anchored" in well.says

    await database.fetch('DELETE FROM cases_event WHERE "case" = $1 AND seq = 4', case_id)
    ill = await doctor._timelines(chosen())
    assert ill.wrong
    assert str(case_id) in ill.says
