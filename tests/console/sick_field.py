"""A sick field of the cast's farmer at any point of its way, as rows: how it gets there is tested in its own room."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from backend.cases import opening
from backend.cases.schemas import NewCase, OpenedCase
from backend.cases.words import CaseKind, Channel
from backend.core import clock, ids
from backend.core.database import fetch
from backend.diagnosis.answer_schemas import Advice, Differential, Product
from backend.diagnosis.answer_tables import Answer
from backend.diagnosis.routing_tables import Expert
from backend.diagnosis.tables import Question, Request
from backend.diagnosis.words import AnswerKind, Confidence, GrowthStage, Organ, RequestState, Tier, Topic
from backend.people import actions
from backend.people.actors import Actor
from backend.people.tables import UnitKind
from tests.cast import COUNTY, FARMER, FARMER_PHONE, VILLAGE, Cast

HOTLINE = "0635-0000002"
RUST = "maize.southern_rust"
ADVICE = Advice(
    steps=["先把积水排净", "每亩追 5 公斤尿素", "三天后再看新叶"],
    products=[
        Product(
            name="43% 戊唑醇悬浮剂",
            substance="戊唑醇",
            registration_no="PD20070001",
            dose=20,
            dose_unit="mL/mu",
            water_l_per_mu=30,
            times=2,
            interval_days=7,
            pre_harvest_days=28,
        )
    ],
    timing="早晨露水干了以后，下午四点以后也行",
    protection=["戴手套和口罩", "站在上风头打"],
    warning="大风天和正午不要打药",
)


class Field:
    """The cast with a studio and its expert; every request is the farmer's own, with his name and phone."""

    def __init__(self, cast: Cast, studio: UUID) -> None:
        self.cast, self.studio = cast, studio

    @classmethod
    async def make(cls, cast: Cast) -> "Field":
        """A studio that can be rung, the expert and the technician as people of it."""
        studio = await actions.open_unit(
            id=ids.uuid7(), name="高唐农技工作室", kind=UnitKind.STUDIO, division_code=COUNTY
        )
        await fetch("UPDATE people_unit SET public_phone = $2 WHERE id = $1", studio.id, HOTLINE)
        made = cls(cast, studio.id)
        await made.expert(cast.expert, "高级农艺师")
        return made

    async def expert(self, who: Actor, title: str, tier: Tier = Tier.EXPERT) -> None:
        """Somebody who answers."""
        row = Expert(
            id=who.person_id,
            unit=self.studio,
            tier=tier,
            title_zh=title,
            staffed="08:30-17:30",
            weekdays=[1, 2, 3, 4, 5],
            able_per_day=10,
            valid_from=date(2026, 1, 1),
        )
        await Expert.insert(row)

    async def asked(self, *, state: RequestState = RequestState.ROUTING, **columns: Any) -> OpenedCase:
        """A request; its receipt's secret is in it."""
        new = NewCase(
            channel=Channel.QR,
            kind=CaseKind.DIAGNOSIS,
            category_code="production.crop_disease",
            title="玉米：叶子上有锈斑",
            description="叶子上有锈斑，三天就满了",
            division_code=VILLAGE,
            contact_name=FARMER,
            contact_phone=FARMER_PHONE,
        )
        opened = (await opening.open_case(new=new, by=None, door="page")).record
        said: dict[str, Any] = {
            "topic": Topic.DISEASE,
            "growth_stage": GrowthStage.FRUITING,
            "organ": Organ.LEAF,
            "area_mu": 30,
            "weather_note": "连下了五天雨",
            "treatments": "打过一遍多菌灵",
        }
        row = Request(
            id=opened.case.id,
            studio=self.studio,
            crop="maize",
            division_code=VILLAGE,
            asked_at=clock.now(),
            state=state,
            state_since=clock.now(),
            arguments_digest=b"",
            **(said | columns),
        )
        await Request.insert(row)
        return opened

    async def question(self, request_id: UUID, words: str, **columns: Any) -> UUID:
        """Asked back by the expert unless `asked_by` is told."""
        said = {"asked_by": self.cast.expert.person_id, "asked_at": clock.now()} | columns
        row = Question(id=ids.uuid7(), request=request_id, words=words, **said)
        await Question.insert(row)
        return row.id

    async def answer(self, request_id: UUID, **columns: Any) -> UUID:
        """What the expert says, unless told otherwise; the request stands as answered."""
        said: dict[str, Any] = {
            "expert": self.cast.expert.person_id,
            "kind": AnswerKind.FIRST,
            "given_at": clock.now(),
            "diagnosis": "雨后高温，锈病从下往上长",
            "condition": RUST,
            "confidence": Confidence.LIKELY,
            "advice": msgspec.json.encode(ADVICE).decode(),
            "differential": msgspec.json.encode([Differential(words="斑点不破皮就是它")]).decode(),
            "tells_farmer": True,
        } | columns
        row = Answer(id=ids.uuid7(), request=request_id, arguments_digest=b"", **said)
        await Answer.insert(row)
        answered = {
            Request.state: RequestState.ANSWERED,
            Request.answered_at: said["given_at"],
            Request.expert: said["expert"],
        }
        await Request.update(answered).where(Request.id == request_id)
        return row.id
