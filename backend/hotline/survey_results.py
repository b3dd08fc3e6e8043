"""What a closed survey tells: for each question the share that is counted, weighted, with its interval and its n."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from backend.core import clock
from backend.core.small_counts import told
from backend.hotline import survey_queries as queries
from backend.hotline.survey_policies import survey_policy
from backend.hotline.survey_refusals import SurveyOpen
from backend.hotline.survey_rules import Counted, Told, weighted, wilson
from backend.hotline.survey_schemas import (
    SurveyEstimate,
    SurveyQuestion,
    SurveyQuestionResult,
    SurveyResults,
    SurveyStratum,
    SurveyStratumResult,
    SurveyWaveRecord,
)
from backend.hotline.surveys import get_survey, seen
from backend.hotline.words import WaveState
from backend.people.actors import OVERSEERS, Actor

Given = Mapping[str, Mapping[str, int]]
"""How often each choice was given, by stratum."""


async def survey_results(*, survey_id: UUID, by: Actor) -> SurveyResults:
    """Only once nobody is asked any more: of numbers that grow, the last step would be somebody's answer.

    For supervisors, auditors and admins. Raises Forbidden (403), SurveyUnknown (404), SurveyOpen (409).
    """
    by.must_have(*OVERSEERS)
    if (await seen(survey_id, by=by))["state"] != WaveState.CLOSED:
        raise SurveyOpen("Survey {id} is still under way: close it, or wait until it is over.", id=str(survey_id))
    wave = await get_survey(survey_id=survey_id, by=by)
    given: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in await queries.answers(survey_id):
        given[row["question"]][row["stratum_code"]][row["choice"]] = row["n"]
    return results(wave, given, least=survey_policy(clock.local(wave.drawn_at).date()).least_shown)


def results(wave: SurveyWaveRecord, given: Mapping[str, Given], *, least: int) -> SurveyResults:
    """By question, stratum and choice. Pure."""
    return SurveyResults(
        wave=wave,
        response_rate=round(wave.answered_n / wave.drawn_n, 4) if wave.drawn_n else None,
        least_shown=least,
        questions=[_question(each, given.get(each.code, {}), wave.strata, least) for each in wave.questions],
    )


def _question(question: SurveyQuestion, given: Given, strata: list[SurveyStratum], least: int) -> SurveyQuestionResult:
    counted = {each.code: _counted(question, given.get(each.code, {}), each) for each in strata}
    n = int(sum(each.answered_n for each in counted.values()))
    choices = {
        choice.code: sum(of_stratum.get(choice.code, 0) for of_stratum in given.values()) for choice in question.choices
    }
    shown = told({code: each.answered_n for code, each in counted.items()}, least=least)
    return SurveyQuestionResult(
        code=question.code,
        text=question.text,
        n=n,
        estimate=_estimate(weighted(list(counted.values()))) if n >= least else None,
        choices=told(choices, least=least),
        strata=[_stratum(each, counted[each.code], shown[each.code]) for each in strata],
    )


def _counted(question: SurveyQuestion, given: Mapping[str, int], stratum: SurveyStratum) -> Counted:
    counting = {choice.code for choice in question.choices if choice.counted}
    return Counted(stratum.frame_n, sum(given.values()), sum(n for code, n in given.items() if code in counting))


def _stratum(stratum: SurveyStratum, counted: Counted, n: int | None) -> SurveyStratumResult:
    return SurveyStratumResult(
        code=stratum.code,
        name=stratum.name,
        frame_n=stratum.frame_n,
        drawn_n=stratum.drawn_n,
        n=n,
        weight=round(stratum.frame_n / n, 4) if n else None,
        estimate=_estimate(wilson(counted.counted_n, n)) if n else None,
    )


def _estimate(found: Told | None) -> SurveyEstimate | None:
    if found is None:
        return None
    return SurveyEstimate(share=round(found.share, 4), low=round(found.low, 4), high=round(found.high, 4))
