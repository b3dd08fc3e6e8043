"""Requests with an answer, as rows: what rooms below did is theirs to test, here only what adds up counts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.cases import opening
from backend.cases.schemas import NewCase
from backend.cases.words import CaseKind, Channel
from backend.core import clock, ids
from backend.core.database import fetch
from backend.diagnosis.answer_tables import Answer
from backend.diagnosis.tables import Request
from backend.diagnosis.words import AnswerKind, Confidence, GrowthStage, Organ, RequestState, Topic
from backend.media import looking
from backend.media.actions import claim_photos, keep_photo
from backend.people import actions
from backend.people.actors import Actor
from backend.people.tables import UnitKind
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.cast import COUNTY, VILLAGE, Cast

MAIZE, WHEAT = "maize", "wheat"
BLIGHT, RUST = "maize.northern_leaf_blight", "maize.common_rust"
NOON = datetime(2026, 7, 20, 4, tzinfo=UTC)
HOME = (116.3012, 36.9305)
KM_EAST, KM_NORTH = 0.01122, 0.00901
"""Degrees of a kilometre where the cast lives."""


class Fields:
    """The cast's county with a studio and a station; `sick` asks and answers in one go."""

    def __init__(self, cast: Cast, studio: UUID, station: UUID) -> None:
        self.cast, self.studio, self.station = cast, studio, station
        self._phones = 0

    @classmethod
    async def make(cls, cast: Cast) -> "Fields":
        """A studio and a station of the county."""
        studio, station = [
            (await actions.open_unit(id=ids.uuid7(), name=name, kind=kind, division_code=COUNTY)).id
            for name, kind in (("农技工作室", UnitKind.STUDIO), ("梁村服务站", UnitKind.STATION))
        ]
        return cls(cast, studio, station)

    def phone(self) -> str:
        """A number nobody had before."""
        self._phones += 1
        return f"199 0001 {self._phones:04d}"

    async def asked(
        self,
        *,
        at: datetime = NOON,
        east_km: float = 0.0,
        north_km: float = 0.0,
        point: bool = True,
        household: UUID | None = None,
        phone: str | None = "",
        crop: str = MAIZE,
        division_code: str = VILLAGE,
        by: Actor | None = None,
        **columns: Any,
    ) -> UUID:
        """A request of somebody with a telephone of his own (`phone=None`: he left none); its id."""
        place = Point(crs=Crs.WGS84, longitude=HOME[0] + east_km * KM_EAST, latitude=HOME[1] + north_km * KM_NORTH)
        new = NewCase(
            channel=Channel.PHONE,
            kind=CaseKind.DIAGNOSIS,
            category_code="production.crop_disease",
            title="玉米叶子发黄",
            division_code=None if household else division_code,
            household_id=household,
            point=place if point else None,
            contact_phone=self.phone() if phone == "" else phone,
        )
        with clock.stopped(at):
            case = (await opening.open_case(new=new, by=by or self.cast.operator)).record.case
            said: dict[str, Any] = {
                "topic": Topic.DISEASE,
                "growth_stage": GrowthStage.VEGETATIVE,
                "organ": Organ.LEAF,
                "state": RequestState.ROUTING,
            }
            await Request.insert(
                Request(
                    id=case.id,
                    studio=self.studio,
                    crop=crop,
                    division_code=case.division.code,
                    asked_at=at,
                    state_since=at,
                    arguments_digest=b"",
                    **(said | columns),
                )
            )
        return case.id

    async def answered(
        self,
        request_id: UUID,
        condition: str | None = BLIGHT,
        *,
        at: datetime = NOON,
        kind: AnswerKind = AnswerKind.FIRST,
        confidence: Confidence = Confidence.SURE,
        by: Actor | None = None,
    ) -> UUID:
        """What an expert says to it; its id."""
        answer = Answer(
            id=ids.uuid7(at),
            request=request_id,
            expert=(by or self.cast.expert).person_id,
            kind=kind,
            given_at=at,
            diagnosis="叶斑病",
            condition=condition,
            confidence=confidence,
            differential="[]",
            advice="{}",
            tells_farmer=kind != AnswerKind.SECOND,
            arguments_digest=b"",
        )
        await Answer.insert(answer)
        if kind == AnswerKind.FIRST:
            answered = {Request.state: RequestState.ANSWERED, Request.answered_at: at}
            await Request.update(answered).where(Request.id == request_id)
        return answer.id

    async def sick(self, condition: str = BLIGHT, *, at: datetime = NOON, **said: Any) -> UUID:
        """A request that is answered an hour after it was made."""
        request_id = await self.asked(at=at - timedelta(hours=1), **said)
        await self.answered(request_id, condition, at=at)
        return request_id

    async def corrected(self, request_id: UUID, condition: str | None, *, at: datetime) -> None:
        """The chief says that it is something else."""
        await self.answered(request_id, condition, at=at, kind=AnswerKind.CORRECTION)

    async def photo(self, request_id: UUID, content: bytes) -> UUID:
        """A photo of a request, looked at by the pipeline; its id."""
        by = self.cast.operator.person_id
        kept = await keep_photo(content=content, file_name="IMG_1.jpg", uploaded_by=by)
        await looking.look(looking.Look(kept.sha256))
        await claim_photos(
            photo_ids=[kept.id],
            kind="case",
            record_id=request_id,
            division_code=VILLAGE,
            household_id=None,
            uploaded_by=by,
            opener=None,
        )
        return kept.id


async def years_of(request_id: UUID, n: int, *, before: datetime) -> None:
    """So many more requests like an answered one, an hour apart, the latest at a moment: each with its answer."""
    numbered = "generate_series(1, $2::int) AS n CROSS JOIN LATERAL (SELECT md5('year ' || n)::uuid AS id) made"
    at = "($3::timestamptz - n * interval '1 hour')"
    for table, key, changed in (
        ("cases_case", "id", f"'number', 'Y' || n, 'received_at', {at}, 'contact_phone_index', NULL"),
        ("diagnosis_request", "id", f"'asked_at', {at}, 'answered_at', {at}, 'state_since', {at}"),
        ("diagnosis_answer", "request", f"'id', gen_random_uuid(), 'request', made.id, 'given_at', {at}"),
    ):
        own = "" if key == "request" else "'id', made.id, "
        await fetch(
            f"INSERT INTO {table} SELECT (row).* "  # without OFFSET each row is made anew for each of its columns
            f"FROM (SELECT jsonb_populate_record(t, jsonb_build_object({own}{changed})) AS row "
            f"FROM {table} t, {numbered} WHERE t.{key} = $1 OFFSET 0) each",
            *(request_id, n, before),
        )
        await fetch(f"ANALYZE {table}")
