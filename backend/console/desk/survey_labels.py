"""Surveys as people read them: where a wave is, how far each stratum came, and shares with their intervals."""

from typing import NamedTuple

from backend.core import clock
from backend.core.words import say
from backend.hotline.survey_schemas import SurveyEstimate, SurveyStratum, SurveyWaveRecord
from backend.hotline.words import WaveState


class Standing(NamedTuple):
    """A sign, a tone and a word."""

    sign: str
    tone: str
    word: str


class Progress(NamedTuple):
    """How far a stratum came. `left_n`: households of which nothing came yet."""

    stratum: SurveyStratum
    done_n: int
    left_n: int


def standing(wave: SurveyWaveRecord) -> Standing:
    """Where a wave is today."""
    today = clock.today()
    if wave.state == WaveState.CLOSED:
        return Standing("✓", "good", say("Closed, its results are told"))
    if today < wave.begins_on:
        return Standing("○", "", say("Drawn, begins on {day}", day=wave.begins_on))
    if today > wave.ends_on:
        return Standing("‖", "", say("Over, closes tonight"))
    left = (wave.ends_on - today).days
    return Standing("▲", "warn", say("Being asked, last day")) if not left else _asked(left)


def _asked(left: int) -> Standing:
    return Standing("●", "good", say("Being asked, {n} more days", n=left))


def runs(wave: SurveyWaveRecord) -> bool:
    """Whether households are rung today."""
    return wave.state == WaveState.DRAWN and wave.begins_on <= clock.today() <= wave.ends_on


def progress(wave: SurveyWaveRecord) -> list[Progress]:
    """Strata in which anybody was drawn, the least done first."""
    found = [_progress(each) for each in wave.strata if each.drawn_n]
    return sorted(found, key=lambda each: (each.done_n / each.stratum.drawn_n, each.stratum.code))


def _progress(each: SurveyStratum) -> Progress:
    done = each.answered_n + each.declined_n + each.unreachable_n
    return Progress(each, done, each.drawn_n - done)


def percent(share: float | None) -> str:
    """A share as people read it.

    >>> percent(0.982), percent(1.0), percent(None)
    ('98.2%', '100%', '—')
    """
    return "—" if share is None else f"{round(share * 100, 1):g}%"


def points(margin: float | None) -> str:
    """Half an interval in points of a hundred.

    >>> points(0.0277), points(0.0), points(None)
    ('±2.8', '±0', '—')
    """
    return "—" if margin is None else f"±{round(margin * 100, 1):g}"


def interval(found: SurveyEstimate | None) -> str:
    """Its 95 % interval.

    >>> interval(SurveyEstimate(share=0.9, low=0.85, high=0.934))
    '85%–93.4%'
    """
    return "—" if found is None else f"{percent(found.low)}–{percent(found.high)}"
