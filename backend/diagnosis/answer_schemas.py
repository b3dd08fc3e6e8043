"""The shapes of an answer: diagnosis, advice with its products, second opinions, and what became of the crop."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from backend.cases.schemas import PersonShown
from backend.core.shapes import NO_NUL, Code
from backend.diagnosis.words import AnswerKind, Confidence, OutcomeResult, ProductKind, ToldHow, Topic

Said = Annotated[str, Meta(min_length=1, max_length=2000, pattern=NO_NUL)]
Note = Annotated[str, Meta(max_length=500, pattern=NO_NUL)]
Short = Annotated[str, Meta(min_length=1, max_length=120, pattern=NO_NUL)]
Days = Annotated[int, Meta(ge=0, le=365)]


class Product(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is advised by name. A pesticide (which it is unless told) takes dose, unit, interval and
    pre-harvest days; a fertiliser and anything else need none.

    substance         the active ingredient, Chinese or English: bans are looked up by it and by the name
    registration_no   its registration (PD20070001, …); missing, it only warns
    dose              so much of `dose_unit` (g/mu, mL/mu, g/L, 倍液 …) each time, in `water_l_per_mu` of water
    times             how often at the most; once, and no interval is asked for
    interval_days     between two treatments
    pre_harvest_days  the pre-harvest interval (安全间隔期)
    """

    name: Short
    kind: ProductKind = ProductKind.PESTICIDE
    substance: Short | None = None
    registration_no: Annotated[str, Meta(max_length=30, pattern=NO_NUL)] | None = None
    dose: Annotated[float, Meta(gt=0)] | None = None
    dose_unit: Annotated[str, Meta(max_length=20, pattern=NO_NUL)] | None = None
    water_l_per_mu: Annotated[float, Meta(gt=0)] | None = None
    times: Annotated[int, Meta(ge=1, le=20)] | None = None
    interval_days: Days | None = None
    pre_harvest_days: Days | None = None


class Advice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to do, in the order of doing it.

    timing      when, in words; `treat_on`: the day of the first treatment, today unless told
    protection  gloves, mask, against the wind …
    """

    steps: Annotated[list[Said], Meta(max_length=12)] = []
    products: Annotated[list[Product], Meta(max_length=8)] = []
    timing: Note = ""
    treat_on: date | None = None
    protection: Annotated[list[Short], Meta(max_length=8)] = []
    warning: Note = ""


class Differential(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What else it could be, and how to tell."""

    words: Note
    condition_code: Code | None = None


class NewAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an expert says.

    condition_code   a code of listConditions, one that occurs on this crop
    knowledge_codes  items of the handbook; until its room is there only their shape is looked at
    visit_by         by when the field is looked at, where a visit is proposed
    follow_up_on     when the farmer is asked what became of it; the policy's day unless told
    """

    diagnosis: Said
    confidence: Confidence
    advice: Advice = field(default_factory=Advice)
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


class BanRecord(Struct, frozen=True, kw_only=True):
    """From when a substance may not be sold and used, and whose rule that is; `crops` empty: on no crop at all."""

    substance: str
    name_zh: str
    aliases: list[str]
    not_in: list[str]
    crops: list[str]
    valid_from: date
    valid_to: date | None
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


class SecondOpinionRecord(Struct, frozen=True, kw_only=True):
    """That another expert was asked, and whether he has answered; what he said stands among the answers."""

    id: UUID
    request_id: UUID
    expert: PersonShown
    asked_by: PersonShown | None
    asked_at: datetime
    reason: str
    answered_at: datetime | None


class AgreementRecord(Struct, frozen=True, kw_only=True):
    """How often a blind second opinion names the same as the first answer. About answers, never about a person.

    pairs_n       second opinions that were given in the span
    n             of them, those in which both named a code: what the figures are of
    too_few       n is below `least_n`: read no meaning into the figures, which are null then
    observed      share of pairs that agree; `kappa`: beyond what chance would give (Cohen 1960), 1 is always
    kappa_low, kappa_high   95 % confidence (Fleiss, Cohen & Everitt 1969)
    """

    since: date
    until: date
    crop_code: str | None
    pairs_n: int
    n: int
    least_n: int
    too_few: bool
    observed: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None


class NewTelling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The farmer has heard the answer: how, and what he said to it."""

    how: ToldHow
    remark: Note = ""
    id: UUID | None = None


class ToldRecord(Struct, frozen=True, kw_only=True):
    """That he was told, when and by whom; null while he is not."""

    request_id: UUID
    told_at: datetime | None
    told_by: PersonShown | None


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
