"""What phones sent to the demo county: one of each kind, and the one that demo.json names can be put right."""

import pytest

from backend.core.database import fetch
from backend.openrosa.remapping import remap_submission
from backend.openrosa.submission_schemas import NewCorrection, SubmissionMapping
from backend.openrosa.submissions import SubmissionFilters, list_submissions
from backend.people.sessions import actor
from backend.people.tables import Role
from seed import submissions
from seed.cast import holder


@pytest.fixture
async def sent(published, planted):
    await submissions.send_in()


async def test_each_kind_is_there_once_however_often_the_demo_starts(sent):
    await submissions.send_in()
    rows = await fetch("SELECT state, count(*) AS n FROM openrosa_submission GROUP BY state")
    assert {row["state"]: row["n"] for row in rows} == {"recorded": 2, "attention": 2, "replaced": 1, "deleted": 1}
    assert await fetch("SELECT FROM openrosa_submission_file WHERE photo IS NOT NULL")


async def test_the_supervisor_puts_the_card_right_and_it_is_a_visit(sent):
    supervisor = await actor(person_id=holder(Role.SUPERVISOR).id)
    listed = (await list_submissions(by=supervisor, filters=SubmissionFilters(state="attention"))).items
    waiting = next(each for each in listed if each.id == submissions.WAITING)
    assert submissions.NO_SUCH_CARD in waiting.refusal.errors[0].detail

    said = SubmissionMapping(corrections=[NewCorrection(path="contact/household_code", value="LLM-007")])
    mended = await remap_submission(submission_id=submissions.WAITING, said=said, by=supervisor)
    assert mended.became.kind == "visit"
