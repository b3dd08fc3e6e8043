"""What a survey would be before it is drawn: how many of each stratum, how sure that is, who is left out and why."""

from uuid import UUID

from backend.core import clock
from backend.hotline import survey_queries as queries
from backend.hotline.survey_draws import allocate, without
from backend.hotline.survey_planning import drawn_this_year
from backend.hotline.survey_policies import survey_policy
from backend.hotline.survey_refusals import NotYourSurvey
from backend.hotline.survey_rules import margin
from backend.hotline.survey_schemas import StrataBy, SurveyLeftOut, SurveyPreview, SurveyPreviewStratum
from backend.hotline.surveys import PLANNERS
from backend.people.actors import Actor, visible_to
from backend.territory.queries import division as find_division


async def preview_survey(*, division_code: str, strata: StrataBy, households: int, by: Actor) -> SurveyPreview:
    """Nothing is drawn, nobody is named. By whoever may plan it.

    Raises Forbidden, NotYourSurvey (403), DivisionUnknown (404).
    """
    by.must_have(*PLANNERS)
    division = await find_division(code=division_code)
    if not visible_to(by, roles=PLANNERS).covers(division.prefix):
        raise NotYourSurvey("A survey is planned by a supervisor or an administrator of all of its division.")
    found = await queries.strata(division.prefix, strata.value, on=clock.today())
    rung = await queries.frame(division.prefix)
    left = without(rung, earlier=await drawn_this_year(division.prefix))
    prefixes = {each["prefix"]: each["code"] for each in found}
    frame = _by_stratum(left, prefixes)
    sizes = allocate(frame, total=households, least=survey_policy(clock.today()).least_a_stratum)
    told = [
        SurveyPreviewStratum(
            code=each["code"],
            name=each["name"],
            frame_n=frame[each["code"]],
            drawn_n=sizes[each["code"]],
            margin=margin(sizes[each["code"]], frame[each["code"]]),
        )
        for each in found
    ]
    drawn_n, frame_n = sum(sizes.values()), sum(frame.values())
    none = await queries.not_in_frame(division.prefix)
    return SurveyPreview(
        frame_n=frame_n,
        drawn_n=drawn_n,
        margin=margin(drawn_n, frame_n),
        margin_if_half=margin(drawn_n // 2, frame_n),
        strata=told,
        left_out=SurveyLeftOut(
            no_number=none["no_number"],
            opted_out=none["opted_out"],
            drawn_this_year=len(rung) - len(left),
            no_stratum=len(left) - frame_n,
        ),
    )


def _by_stratum(households: list[tuple[UUID, str]], prefixes: dict[str, str]) -> dict[str, int]:
    digits = {len(each) for each in prefixes}
    frame = dict.fromkeys(prefixes.values(), 0)
    for _, division_code in households:
        code = next((prefixes[division_code[:n]] for n in digits if division_code[:n] in prefixes), None)
        if code is not None:
            frame[code] += 1
    return frame
