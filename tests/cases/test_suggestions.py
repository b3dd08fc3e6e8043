"""A suggestion takes nine steps; who made it is told, with proof; nothing public names anybody."""

import asyncio
from datetime import date, timedelta

import pytest

from backend.cases import amending, feedback, records, suggestions, working
from backend.cases.loop_refusals import (
    HeardBefore,
    NotASuggestion,
    NotSignedYet,
    PersonalInPublic,
    ProofNeeded,
    ReportedBefore,
    TextChanged,
)
from backend.cases.loop_words import FeedbackWay, ReportTo, Signatory
from backend.cases.refusals import CaseUnknown, NotYourStep
from backend.cases.rules import StepNotOpen
from backend.cases.suggestion_schemas import NewFeedback, NewHearing, NewReport, NewSignature, NewText
from backend.cases.words import CaseKind
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Invalid
from backend.media.actions import keep_photo
from backend.media.refusals import PhotoUnknown
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.former_digests import kept_formerly
from tests.media.drawn import field, saved

BRIDGE = {"kind": CaseKind.SUGGESTION, "title": "村口修一座桥", "description": "娃上学要绕三里路"}
SPOT = Point(crs=Crs.GCJ02, longitude=116.3012, latitude=36.9305, accuracy_m=12)
OFFICES = {Signatory.COUNTY_LEADER: "副县长", Signatory.BUREAU_HEAD: "交通局局长", Signatory.SUGGESTER: None}


@pytest.fixture
async def suggestion(desk):
    """Opened by the cadre, with the water unit."""
    return (await desk.dispatched(**BRIDGE)).id


async def sign(desk, case_id, signatory, *, by=None, **changes):
    now = await suggestions.get_suggestion(case_id=case_id, by=desk.clerk)
    said = {"signatory": signatory, "text_sha256": now.text_sha256, "signed_as": OFFICES[signatory]} | changes
    return await suggestions.sign(case_id=case_id, new=NewSignature(**{"id": ids.uuid7()} | said), by=by or desk.clerk)


async def sign_all(desk, case_id):
    for each in Signatory:
        record = await sign(desk, case_id, each)
    return record


def hear(desk, case_id, **changes):
    said = {
        "held_at": clock.now() - timedelta(hours=1),
        "point": SPOT,
        "committee": "人大代表工委",
        "unit_id": desk.roads,
        "unit_spoke_by": "公路站站长",
        "suggester_came": True,
        "minutes": "三方看了河口，同意建便桥。",
        "id": ids.uuid7(),
    } | changes
    return suggestions.hold_hearing(case_id=case_id, new=NewHearing(**said), by=desk.clerk)


def report(desk, case_id, audience, text="桥已建成通行。", **changes):
    new = NewReport(
        **{"audience": audience, "text": text, "reported_on": date(2026, 11, 1), "id": ids.uuid7()} | changes
    )
    return suggestions.report(case_id=case_id, new=new, by=desk.clerk)


def tell(desk, case_id, way=FeedbackWay.IN_PERSON, text="桥修好了，您走走看。", *, by=None, **changes):
    new = NewFeedback(**{"way": way, "text": text, "id": ids.uuid7()} | changes)
    return feedback.give_feedback(case_id=case_id, new=new, by=by or desk.clerk)


async def photo(by):
    return (await keep_photo(content=saved(field(size=(60, 40))), file_name="notice.jpg", uploaded_by=by.person_id)).id


async def resolve(desk, case_id):
    await working.resolve(case_id=case_id, id=ids.uuid7(), remark="桥建好了", by=desk.plumber)


async def test_a_suggestion_tells_what_of_the_nine_is_missing(desk, suggestion):
    record = await suggestions.get_suggestion(case_id=suggestion, by=desk.clerk)

    assert record.text == "村口修一座桥\n\n娃上学要绕三里路"
    assert record.missing == [
        *("signature.county_leader", "signature.bureau_head", "signature.suggester", "hearing"),
        *("report.party_committee", "report.congress", "report.public_notice"),
    ]
    assert (record.answered, record.archived) == (False, False)


async def test_three_sign_the_hash_of_what_they_read(desk, suggestion):
    record = await sign_all(desk, suggestion)

    assert [(each.signatory, each.signed_as, each.stands) for each in record.signatures] == [
        *(("county_leader", "副县长", True), ("bureau_head", "交通局局长", True), ("suggester", None, True)),
    ]
    assert {each.text_sha256 for each in record.signatures} == {record.text_sha256}


async def test_signing_again_changes_nothing_with_the_same_id_or_another(desk, suggestion):
    id = ids.uuid7()
    first = await sign(desk, suggestion, Signatory.SUGGESTER, id=id)

    assert await sign(desk, suggestion, Signatory.SUGGESTER, id=id) == first
    assert await sign(desk, suggestion, Signatory.SUGGESTER) == first
    lines = await fetch("SELECT 1 FROM cases_event WHERE kind = 'signed'")
    assert len(lines) == 1


async def test_two_who_write_one_signature_down_at_once_write_one(desk, suggestion):
    outcomes = await asyncio.gather(
        *(
            sign(desk, suggestion, Signatory.SUGGESTER, by=who)
            for who in (desk.clerk, desk.plumber, desk.cast.supervisor)
        )
    )

    assert {len(each.signatures) for each in outcomes} == {1}
    assert len(await fetch("SELECT 1 FROM cases_signature")) == 1
    assert len(await fetch("SELECT 1 FROM cases_event WHERE kind = 'signed'")) == 1


async def test_a_text_that_changes_voids_the_signatures_and_says_so(desk, suggestion):
    before = await sign_all(desk, suggestion)
    await fetch("UPDATE cases_case SET description = '修一座能过车的桥' WHERE id = $1", suggestion)
    record = await suggestions.get_suggestion(case_id=suggestion, by=desk.clerk)

    assert record.text_sha256 != before.text_sha256
    assert [each.stands for each in record.signatures] == [False, False, False]
    assert record.missing[:3] == ["signature.county_leader", "signature.bureau_head", "signature.suggester"]
    with pytest.raises(TextChanged):
        await sign(desk, suggestion, Signatory.SUGGESTER, text_sha256=before.text_sha256)

    again = await sign(desk, suggestion, Signatory.SUGGESTER)
    assert [each.stands for each in again.signatures] == [False, False, False, True]


async def test_leaders_sign_as_an_office_and_the_suggester_without_one(desk, suggestion):
    with pytest.raises(Invalid):
        await sign(desk, suggestion, Signatory.COUNTY_LEADER, signed_as=None)
    with pytest.raises(Invalid):
        await sign(desk, suggestion, Signatory.SUGGESTER, signed_as="村民")


async def test_the_hearing_comes_after_three_signatures_has_three_parties_and_is_one(desk, suggestion):
    with pytest.raises(NotSignedYet):
        await hear(desk, suggestion)
    await sign_all(desk, suggestion)
    with pytest.raises(Invalid):
        await hear(desk, suggestion, suggester_came=False)
    with pytest.raises(Invalid):
        await hear(desk, suggestion, held_at=clock.now() + timedelta(hours=1))

    id, held_at = ids.uuid7(), clock.now() - timedelta(hours=1)
    record = await hear(desk, suggestion, id=id, held_at=held_at)
    assert (record.hearing.committee, record.hearing.unit.id, record.hearing.suggester_came) == (
        *("人大代表工委", desk.roads, True),
    )
    assert record.hearing.point.original_crs == "gcj02"
    assert await hear(desk, suggestion, id=id, held_at=held_at) == record
    with pytest.raises(DifferentArguments):
        await hear(desk, suggestion, id=id, held_at=held_at, minutes="改写")
    with pytest.raises(HeardBefore):
        await hear(desk, suggestion)


async def test_two_hearings_at_once_leave_one(desk, suggestion):
    await sign_all(desk, suggestion)
    outcomes = await asyncio.gather(*(hear(desk, suggestion) for _ in range(2)), return_exceptions=True)

    assert sorted(type(each).__name__ for each in outcomes) == ["HeardBefore", "SuggestionRecord"]


async def heard(desk, case_id):
    await sign_all(desk, case_id)
    await hear(desk, case_id)
    await resolve(desk, case_id)


async def test_reports_come_after_the_end_and_the_hearing_once_to_each(desk, suggestion):
    with pytest.raises(StepNotOpen):
        await report(desk, suggestion, ReportTo.CONGRESS)
    await resolve(desk, suggestion)
    with pytest.raises(NotSignedYet):
        await report(desk, suggestion, ReportTo.CONGRESS)


async def test_it_is_archived_when_all_nine_are_there_and_answered_when_he_has_his_reply(desk, suggestion):
    await heard(desk, suggestion)
    await tell(desk, suggestion)
    answered = await suggestions.get_suggestion(case_id=suggestion, by=desk.clerk)
    for audience in ReportTo:
        record = await report(desk, suggestion, audience)

    assert (answered.answered, answered.archived) == (True, False)
    assert (record.answered, record.archived, record.missing) == (True, True, [])
    with pytest.raises(ReportedBefore):
        await report(desk, suggestion, ReportTo.CONGRESS)
    lines = await fetch("SELECT kind FROM cases_event WHERE kind IN ('answered', 'archived') ORDER BY seq")
    assert [row["kind"] for row in lines] == ["answered", "archived"]


async def test_a_public_notice_names_nobody_and_says_where_it_would(desk, suggestion):
    await heard(desk, suggestion)
    text = "林大山（199 0000 0051）提的桥修好了。"
    with pytest.raises(PersonalInPublic) as refused:
        await report(desk, suggestion, ReportTo.PUBLIC_NOTICE, text=text)
    assert [(error.code, error.facts["start"], error.facts["end"]) for error in refused.value.errors] == [
        *(("name", 1, 3), ("mobile", 5, 17)),
    ]

    record = await report(desk, suggestion, ReportTo.PUBLIC_NOTICE, text=text, redact=True)
    assert record.reports[0].text == f"{'＊' * 3}（{'＊' * 13}）提的桥修好了。"


async def test_a_report_to_the_committee_may_name_whom_it_is_about(desk, suggestion):
    await heard(desk, suggestion)
    record = await report(desk, suggestion, ReportTo.PARTY_COMMITTEE, text="林大山提的桥修好了。")

    assert record.reports[0].text == "林大山提的桥修好了。"


async def test_only_a_suggestion_takes_the_nine_steps(desk):
    case = await desk.dispatched()
    with pytest.raises(NotASuggestion):
        await suggestions.get_suggestion(case_id=case.id, by=desk.clerk)
    new = NewSignature(signatory=Signatory.SUGGESTER, text_sha256="0" * 64)
    with pytest.raises(NotASuggestion):
        await suggestions.sign(case_id=case.id, new=new, by=desk.clerk)


async def test_a_stranger_finds_nothing_and_an_auditor_writes_nothing(desk, suggestion):
    with pytest.raises(CaseUnknown):
        await suggestions.get_suggestion(case_id=suggestion, by=desk.cast.stranger)
    with pytest.raises(CaseUnknown):
        await tell(desk, suggestion, by=desk.cast.stranger)
    with pytest.raises(NotYourStep):
        await sign(desk, suggestion, Signatory.SUGGESTER, by=desk.cast.auditor)


async def test_telling_him_in_person_answers_a_case_that_has_ended(desk):
    case = await desk.resolved()
    outcome = await tell(desk, case.id)

    assert (outcome.created, outcome.record.way) == (True, "in_person")
    states = await fetch("SELECT state FROM cases_case WHERE id = $1", case.id)
    assert states[0]["state"] == "answered"


async def test_telling_him_while_the_work_goes_on_answers_nothing_yet(desk):
    case = await desk.dispatched()
    await tell(desk, case.id, text="正在挖管沟。")

    states = await fetch("SELECT state FROM cases_case WHERE id = $1", case.id)
    assert states[0]["state"] == "dispatched"


async def test_a_posted_notice_takes_a_photo_and_its_place_and_names_nobody(desk):
    case = await desk.resolved()
    for missing in ({}, {"photo_id": ids.uuid7()}, {"point": SPOT}):
        with pytest.raises(ProofNeeded):
            await tell(desk, case.id, FeedbackWay.POSTED_NOTICE, **missing)
    with pytest.raises(ProofNeeded):
        await tell(desk, case.id, FeedbackWay.WECHAT)

    proof = {"photo_id": await photo(desk.clerk), "point": SPOT}
    with pytest.raises(PersonalInPublic):
        await tell(desk, case.id, FeedbackWay.POSTED_NOTICE, text="林大山家的管子换好了", **proof)
    outcome = await tell(desk, case.id, FeedbackWay.POSTED_NOTICE, text="林大山家的管子换好了", redact=True, **proof)
    assert outcome.record.text == "＊＊＊家的管子换好了"
    assert outcome.record.point.original_crs == "gcj02"


async def test_the_proof_is_ones_own_photo_and_belongs_to_the_case_from_then_on(desk):
    case = await desk.resolved()
    others = await photo(desk.mason)
    with pytest.raises(PhotoUnknown):
        await tell(desk, case.id, FeedbackWay.WECHAT, photo_id=others)

    mine = await photo(desk.clerk)
    await tell(desk, case.id, FeedbackWay.WECHAT, photo_id=mine)
    rows = await fetch("SELECT claimed_kind, claimed_id FROM media_photo WHERE id = $1", mine)
    assert dict(rows[0]) == {"claimed_kind": "case", "claimed_id": case.id}


async def test_the_same_feedback_again_is_the_same_and_others_are_refused(desk):
    case, id = await desk.resolved(), ids.uuid7()
    first = await tell(desk, case.id, id=id)
    again = await tell(desk, case.id, id=id)

    assert (again.created, again.record) == (False, first.record)
    with pytest.raises(DifferentArguments):
        await tell(desk, case.id, id=id, text="别的话")
    assert len(await feedback.list_feedback(case_id=case.id, by=desk.clerk)) == 1


def amend(desk, case_id, *, by=None, **changes):
    said = {"title": "村口修一座便桥", "description": "娃上学要绕三里路", "reason": "现场看了，先修便桥"} | changes
    return amending.amend_suggestion(case_id=case_id, new=NewText(**said), by=by or desk.clerk)


async def test_a_new_text_voids_signatures_says_whose_and_keeps_what_it_said(desk, suggestion):
    before = await sign_all(desk, suggestion)
    after = await amend(desk, suggestion)

    assert [each.stands for each in after.signatures] == [False] * 3
    assert (after.text, after.missing[:3]) == (
        "村口修一座便桥\n\n娃上学要绕三里路",
        [f"signature.{each}" for each in Signatory],
    )
    case = await records.get_case(case_id=suggestion, by=desk.clerk, timeline=True)
    [line] = [each for each in case.timeline if each.kind == "amended"]
    assert line.public is True
    assert (line.said["voided"], line.said["before_sha256"]) == ([each.value for each in Signatory], before.text_sha256)
    assert "便桥" not in str({**line.said, "reason": ""})
    [kept] = [each for each in case.timeline if each.kind == "noted"]
    assert (kept.public, kept.said["title"]) == (False, "村口修一座桥")

    signed = await sign(desk, suggestion, Signatory.SUGGESTER)
    assert [each.stands for each in signed.signatures] == [False, False, False, True]


async def test_feedback_whose_line_was_kept_with_the_former_digest_is_the_same_still(desk):
    case, id = await desk.resolved(), ids.uuid7()
    with kept_formerly():
        first = await tell(desk, case.id, id=id)

    again = await tell(desk, case.id, id=id)

    assert (again.created, again.record) == (False, first.record)
    with pytest.raises(DifferentArguments):
        await tell(desk, case.id, id=id, text="别的话")


async def test_the_same_text_again_changes_nothing(desk, suggestion):
    id = ids.uuid7()
    first = await amend(desk, suggestion, id=id)

    assert await amend(desk, suggestion, id=id) == first
    assert await amend(desk, suggestion) == first
    assert len(await fetch("SELECT 1 FROM cases_event WHERE kind = 'amended'")) == 1
    with pytest.raises(DifferentArguments):
        await amend(desk, suggestion, id=id, title="别的")


async def test_a_text_is_amended_by_those_who_speak_for_its_maker_and_not_after_the_hearing(desk, suggestion):
    with pytest.raises(NotYourStep):
        await amend(desk, suggestion, by=desk.plumber)
    with pytest.raises(CaseUnknown):
        await amend(desk, suggestion, by=desk.cast.stranger)
    with pytest.raises(NotASuggestion):
        await amend(desk, (await desk.dispatched()).id)
    await sign_all(desk, suggestion)
    await hear(desk, suggestion)
    with pytest.raises(HeardBefore):
        await amend(desk, suggestion)
