"""A studio with its experts and a station in the township, beside the cast; and short ways to ask."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.cases.words import Channel
from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.diagnosis import experts, gate, requests
from backend.diagnosis.expert_schemas import ExpertSetting, NewCompetence
from backend.diagnosis.request_schemas import NewRequest, NewRequestConsent, RequestedDiagnosis
from backend.diagnosis.words import ConsentPurpose, RequestState, Tier
from backend.media import looking
from backend.media.actions import upload_photo
from backend.media.receiving import Door, Owner
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.station_schemas import StationOpener
from backend.people.tables import Role, UnitKind
from tests.cast import COUNTY, SINCE, TOWNSHIP, VILLAGE, Cast

ALL_DAY = "00:00-24:00"
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
PHONE = "199 0000 0051"
AGREED = NewRequestConsent(
    purpose=ConsentPurpose.HANDLING, text_version="door 1", text_sha256=hashlib.sha256(b"words").hexdigest(), given=True
)


@dataclass(frozen=True)
class Clinic:
    """The cast with a county's studio (a chief, two experts), a station below it (a technician, a local expert).

    expert, second   of the studio, there at any hour, able for every crop of the county
    local            of the station, for maize
    """

    cast: Cast
    studio: UUID
    station: UUID
    chief: Actor
    expert: Actor
    second: Actor
    local: Actor
    technician: Actor

    @classmethod
    async def make(cls, cast: Cast) -> "Clinic":
        """Units, accounts and profiles, through the verbs."""
        studio = await _unit("庄稼医院", UnitKind.STUDIO, COUNTY)
        station = await _unit("梁村服务站", UnitKind.STATION, TOWNSHIP, parent_id=studio)
        made = {
            who: await _person(who, number, studio if who not in ("local", "technician") else station)
            for number, who in enumerate(PEOPLE)
        }
        clinic = cls(cast=cast, studio=studio, station=station, **made)
        await clinic.profile(clinic.chief, Tier.CHIEF, studio)
        await clinic.profile(clinic.expert, Tier.EXPERT, studio)
        await clinic.profile(clinic.second, Tier.EXPERT, studio)
        await clinic.profile(clinic.local, Tier.LOCAL, station, crop_code="maize")
        return clinic

    async def profile(self, who: Actor, tier: Tier, unit_id: UUID, *, crop_code: str | None = None) -> None:
        """He answers, at any hour."""
        setting = ExpertSetting(
            unit_id=unit_id,
            tier=tier,
            title_zh="农艺师",
            staffed=ALL_DAY,
            weekdays=EVERY_DAY,
            able_per_day=20,
            valid_from=SINCE,
            competences=[NewCompetence(division_code=COUNTY, crop_code=crop_code)],
        )
        await experts.set_expert(person_id=who.person_id, new=setting, by=self.cast.admin)

    @property
    def code(self) -> StationOpener:
        """The station as its QR stands for it."""
        return StationOpener(code_id=ids.uuid7(), unit_id=self.station, name="梁村服务站", division_code=TOWNSHIP)

    @property
    def opener(self) -> str:
        """Whose photos come under its code."""
        return f"station:{self.station}"

    def new(self, **changed: Any) -> NewRequest:
        """What a farmer asks at the QR; `new(channel=…)` and so on."""
        given: dict[str, Any] = {
            "id": ids.uuid7(),
            "channel": Channel.QR,
            "crop_code": "maize",
            "symptoms": "叶子发黄，边上干枯",
            "area_mu": 6.5,
            "contact_phone": PHONE,
            "consents": [AGREED],
        }
        return NewRequest(**(given | changed))

    async def scan(self, **changed: Any) -> RequestedDiagnosis:
        """A farmer asks under the station's code."""
        return await self.ask_citizen(self.new(**changed))

    async def ask_citizen(self, new: NewRequest) -> RequestedDiagnosis:
        """The same with what was made before."""
        made = await requests.request_diagnosis(new=new, by=None, station=self.code, opener=self.opener, door="page")
        return made.record

    async def call(self, by: Actor | None = None, **changed: Any) -> RequestedDiagnosis:
        """Somebody telephones, and the desk writes it down; without a photo."""
        given = {"channel": Channel.PHONE, "division_code": VILLAGE, "consents": []} | changed
        made = await requests.request_diagnosis(new=self.new(**given), by=by or self.cast.operator, door="api")
        return made.record

    async def routed(self, **changed: Any) -> UUID:
        """A call that has found its expert: the request."""
        asked = await self.call(**changed)
        await gate.pass_or_ask(asked.request.id)
        return asked.request.id

    async def photo(self, content: bytes, *, opener: str | None = None, by: Actor | None = None) -> UUID:
        """A photo or voice note that was sent under the station's code (or by somebody), its verdict given."""
        photo_id = await self.sent(content, opener=opener, by=by)
        await looking.look(looking.Look(hashlib.sha256(content).hexdigest()))
        return photo_id

    async def sent(self, content: bytes, *, opener: str | None = None, by: Actor | None = None) -> UUID:
        """The same, still without a verdict."""

        async def source() -> Any:
            yield content

        kept = await upload_photo(
            source=source(),
            sha256=hashlib.sha256(content).digest(),
            file_name="",
            photo_id=ids.uuid7(),
            uploaded_by=by.person_id if by else None,
            owner=None if by else Owner(opener=opener or self.opener),
            door=Door.STATION,
        )
        return kept.record.id


PEOPLE: dict[str, tuple[str, Role, str]] = {
    "chief": ("韩春梅", Role.EXPERT, COUNTY),
    "expert": ("孟繁荣", Role.EXPERT, COUNTY),
    "second": ("纪学农", Role.EXPERT, COUNTY),
    "local": ("田秀才", Role.EXPERT, TOWNSHIP),
    "technician": ("于化验", Role.TECHNICIAN, TOWNSHIP),
}
"""Name, role and territory; phones count up from 199 0000 0071."""


async def state_of(request_id: UUID) -> RequestState:
    """Where a request stands."""
    row = await fetch_row("SELECT state FROM diagnosis_request WHERE id = $1", request_id)
    assert row is not None
    return RequestState(row["state"])


async def expert_of(request_id: UUID) -> UUID | None:
    """Who has it."""
    row = await fetch_row("SELECT expert FROM diagnosis_request WHERE id = $1", request_id)
    assert row is not None
    expert: UUID | None = row["expert"]
    return expert


async def claimed_by(request_id: UUID, who: Actor) -> None:
    """He has it in hand, however it came to him: for tests of what comes after."""
    await fetch("UPDATE diagnosis_offer SET ended_at = now(), ending = 'withdrawn' WHERE request = $1", request_id)
    await fetch(
        "UPDATE diagnosis_request SET state = 'claimed', expert = $2, claimed_at = $3, offer_until = NULL, "
        "route_after = NULL WHERE id = $1",
        *(request_id, who.person_id, clock.now()),
    )
    await fetch("UPDATE cases_case SET state = 'in_hand', assignee = $2 WHERE id = $1", request_id, who.person_id)


def later(span: timedelta) -> Any:
    """The clock, so much later."""
    return clock.stopped(clock.now() + span)


async def _unit(name: str, kind: UnitKind, division_code: str, parent_id: UUID | None = None) -> UUID:
    made = await actions.open_unit(
        id=ids.uuid7(), name=name, kind=kind, division_code=division_code, parent_id=parent_id
    )
    return made.id


async def _person(who: str, number: int, unit_id: UUID) -> Actor:
    name, role, division_code = PEOPLE[who]
    person = await actions.open_account(id=ids.uuid7(), name=name, phone=f"199 0000 {71 + number:04d}")
    await actions.assign_role(
        person_id=person.id, role=role, division_code=division_code, unit_id=unit_id, valid_from=SINCE
    )
    return await sessions.actor(person_id=person.id)
