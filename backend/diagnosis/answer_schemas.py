"""The shapes of an answer: diagnosis, advice with its products, second opinions, and what became of the crop."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import NO_NUL, Code
from backend.diagnosis.words import AnswerKind, Confidence, OutcomeResult, Topic

Said = Annotated[str, Meta(min_length=1, max_length=2000, pattern=NO_NUL)]
Note = Annotated[str, Meta(max_length=500, pattern=NO_NUL)]
Short = Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]
Days = Annotated[int, Meta(ge=0, le=365)]


class Product(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pesticide or fertiliser that is advised. Where one is named, dose and interval are asked for.

    substance         the active ingredient, Chinese or English: bans are looked up by it
    registration_no   its registration (PD20070001, …); missing, it only warns
    dose              so much of `dose_unit` (g/mu, mL/mu, g/L …) each time, in `water_l_per_mu` of water
    interval_days     between two treatments; `times`: how often at the most
    pre_harvest_days  the pre-harvest interval (安全间隔期)
    """

    name: Short
    substance: Short | None = None
    registration_no: Annotated[str, Meta(max_length=30, pattern=NO_NUL)] | None = None
    dose: Annotated[float, Meta(gt=0)] | None = None
    dose_unit: Annotated[str, Meta(max_length=20, pattern=NO_NUL)] | None = None
    water_l_per_mu: Annotated[float, Meta(gt=0)] | None = None
    times: Annotated[int, Meta(ge=1, le=20)] | None = None
    interval_days: Days | None = None
    pre_harvest_days: Days | None = None


class Advice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to do, in the order of doing it. `protection`: gloves, mask, against the wind …"""

    steps: Annotated[list[Said], Meta(max_length=12)] = []
    products: Annotated[list[Product], Meta(max_length=8)] = []
    timing: Note = ""
    protection: Annotated[list[Short], Meta(max_length=8)] = []
    warning: Note = ""


class Differential(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What else it could be, and how to tell."""

    words: Note
    condition_code: Code | None = None


class NewAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an expert says. `visit_by`: a visit is proposed, by then. `follow_up_on`: unless told, the policy's."""

    diagnosis: Said
    confidence: Confidence
    advice: Advice = Advice()
    condition_code: Code | None = None
    differential: Annotated[list[Differential], Meta(max_length=5)] = []
    knowledge_codes: Annotated[list[Code], Meta(max_length=10)] = []
    template_code: Code | None = None
    visit_proposed: bool = False
    visit_by: date | None = None
    follow_up_on: date | None = None
    id: UUID | None = None


class AnswerRecord(Struct, frozen=True, kw_only=True):
    """An answer as it was given. warnings: codes (registration_missing, …), for the expert, with words for people."""

    id: UUID
    kind: AnswerKind
    expert_id: UUID
    expert_name: str
    given_at: datetime
    diagnosis: str
    condition_code: str | None
    condition_zh: str | None
    confidence: Confidence
    differential: list[Differential]
    advice: Advice
    warnings: list[str]
    knowledge_codes: list[str]
    template_code: str | None
    visit_proposed: bool
    visit_by: date | None
    follow_up_on: date | None
    tells_farmer: bool


class ConditionRecord(Struct, frozen=True, kw_only=True):
    """A coded diagnosis."""

    code: str
    eppo_code: str | None
    topic: Topic
    name_zh: str
    name_en: str
    crops: list[str]
    source: str


class TemplateRecord(Struct, frozen=True, kw_only=True):
    """What an answer may begin from."""

    code: str
    condition_code: str
    title_zh: str
    crops: list[str]
    months: list[int]
    advice: Advice
    follow_up_after_days: int
    source: str


class NewSecondOpinion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another expert is asked, blind; the best able one unless `expert_id` says who."""

    reason: Note = ""
    expert_id: UUID | None = None
    id: UUID | None = None


class NewOutcome(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of it. Area and money are the farmer's own figures, `value_method` how he reckons them."""

    result: OutcomeResult
    area_mu: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    value_saved_yuan: Annotated[float, Meta(ge=0, le=1_000_000_000)] | None = None
    value_method: Annotated[str, Meta(max_length=200, pattern=NO_NUL)] | None = None
    words: Annotated[str, Meta(max_length=1000, pattern=NO_NUL)] = ""
    id: UUID | None = None


class OutcomeRecord(Struct, frozen=True, kw_only=True):
    """What was said of it. `declared`: the figures are the farmer's own, nobody measured them."""

    id: UUID
    at: datetime
    by_farmer: bool
    result: OutcomeResult
    area_mu: float | None
    value_saved_yuan: float | None
    value_method: str | None
    words: str | None
    declared: bool = True
