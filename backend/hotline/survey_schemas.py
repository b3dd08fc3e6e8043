"""The shapes of surveys. No answer names a household, and no household names its answer."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import NO_NUL, Code, DivisionCode
from backend.hotline.words import DrawState, WaveState

WaveName = Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]
ShortText = Annotated[str, Meta(min_length=1, max_length=60, pattern=NO_NUL)]
AskedText = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]


class StrataBy(StrEnum):
    """What a stratum is."""

    TOWNSHIP = "township"
    VILLAGE = "village"


class SurveyOutcome(StrEnum):
    """What came of ringing a household. `wrong_number`: it is somebody else's, and rung no more."""

    ANSWERED = "answered"
    DECLINED = "declined"
    NOT_REACHED = "not_reached"
    WRONG_NUMBER = "wrong_number"


class SurveyChoice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer that may be given. `counted`: it belongs to the share that is told, such as `content`."""

    code: Code
    text: ShortText
    counted: bool = False


class SurveyQuestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked, word for word, and what may be answered."""

    code: Code
    text: AskedText
    choices: Annotated[list[SurveyChoice], Meta(min_length=2, max_length=10)]


class NewSurveyWave(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A survey to draw.

    households   how many are to be rung, over all strata
    seed         for drawing one again; else a new one is taken. Either is kept
    """

    name: WaveName
    division_code: DivisionCode
    strata: StrataBy
    households: Annotated[int, Meta(ge=1, le=20_000)]
    questions: Annotated[list[SurveyQuestion], Meta(min_length=1, max_length=20)]
    begins_on: date
    ends_on: date
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    id: UUID | None = None


class SurveyStratum(Struct, frozen=True, kw_only=True):
    """A division of a wave, and what came of it.

    frame_n   households that could be drawn; drawn_n  that were
    last      the key of the last that was drawn (see `survey_draws`), by which the draw can be checked
    """

    code: str
    prefix: str
    name: str
    frame_n: int
    drawn_n: int
    last: str
    answered_n: int = 0
    declined_n: int = 0
    unreachable_n: int = 0


class SurveyWaveRecord(Struct, frozen=True, kw_only=True):
    """A wave: drawn by whom, from what, and how far it is."""

    id: UUID
    name: str
    division_id: UUID
    prefix: str
    questions: list[SurveyQuestion]
    strata: list[SurveyStratum]
    seed: int
    state: WaveState
    begins_on: date
    ends_on: date
    drawn_at: datetime
    closed_at: datetime | None
    frame_n: int
    drawn_n: int
    answered_n: int
    to_ask_n: int


class SurveyLeftOut(Struct, frozen=True, kw_only=True):
    """How many households are left out, by why.

    no_number, opted_out   nobody can or may ring them
    drawn_this_year        another survey of this year drew them
    no_stratum             their village lies in none of the strata
    """

    no_number: int
    opted_out: int
    drawn_this_year: int
    no_stratum: int


class SurveyPreviewStratum(Struct, frozen=True, kw_only=True):
    """A stratum as it would be drawn. `margin`: half the width of its widest 95 % interval, all answering."""

    code: str
    name: str
    frame_n: int
    drawn_n: int
    margin: float | None


class SurveyPreview(Struct, frozen=True, kw_only=True):
    """A survey as it would be. `margin` of all strata, all answering; `margin_if_half`: half of them."""

    frame_n: int
    drawn_n: int
    margin: float | None
    margin_if_half: float | None
    strata: list[SurveyPreviewStratum]
    left_out: SurveyLeftOut


class SurveyCall(Struct, frozen=True, kw_only=True):
    """A household to ring now."""

    draw_id: UUID
    number: int
    stratum_name: str
    contact_name: str | None
    phone: str
    tries: int
    questions: list[SurveyQuestion]


class NextSurveyCall(Struct, frozen=True, kw_only=True):
    """Whom to ring; null: nobody is left for today. `to_ask_n`: households that nothing came of yet."""

    call: SurveyCall | None
    to_ask_n: int


class NewSurveyAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of a household. `answers`: choices by question; what he would not answer is left out.

    never_again   he does not want to be asked again, in any survey
    """

    draw_id: UUID
    outcome: SurveyOutcome
    answers: dict[str, str] = {}
    never_again: bool = False


class SurveyDrawRecord(Struct, frozen=True, kw_only=True):
    """A household that was drawn, without its answer."""

    id: UUID
    state: DrawState
    tries: int


class SurveyEstimate(Struct, frozen=True, kw_only=True):
    """The share of what is counted, from 0 to 1, with its 95 % interval."""

    share: float
    low: float
    high: float


class SurveyStratumResult(Struct, frozen=True, kw_only=True):
    """One stratum. `n` and all behind it are null where fewer answered than may be told.

    weight   how many households of the frame one answer stands for
    """

    code: str
    name: str
    frame_n: int
    drawn_n: int
    n: int | None
    weight: float | None
    estimate: SurveyEstimate | None


class SurveyQuestionResult(Struct, frozen=True, kw_only=True):
    """One question. `estimate` weighs each stratum by its households; null where too few answered.

    choices   how many gave each answer; those of a few are left out (null)
    """

    code: str
    text: str
    n: int
    estimate: SurveyEstimate | None
    choices: dict[str, int | None]
    strata: list[SurveyStratumResult]


class SurveyResults(Struct, frozen=True, kw_only=True):
    """What a closed wave tells. response_rate: of those drawn, how many answered."""

    wave: SurveyWaveRecord
    response_rate: float | None
    least_shown: int
    questions: list[SurveyQuestionResult]
