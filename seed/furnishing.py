"""What the demo has in the database, and demo.json, which tells a person or a script how to try all of it."""

import os
from pathlib import Path
from uuid import UUID

import msgspec

from backend.core.settings import Settings
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.serving.preparing import pooled
from backend.visits.tables import FlagKind
from seed import (
    alerts,
    antifraud,
    bench,
    cases,
    clinic,
    county,
    duty,
    fraud_warnings,
    hotline,
    hotline_desk,
    hotline_plans,
    hotline_systems,
    made_id,
    outreach,
    partners,
    phone_calendars,
    stations,
    submissions,
    two_changes,
    visitors,
)
from seed.accounts import Account, SignIn, open_accounts, set_passwords, sign_in
from seed.cast import COUNTY, FRAUD_DESK, UNITS, holder
from seed.county import CAMPAIGNS, TEAM_NUMBER
from seed.county_visits import SPOT_CHECK
from seed.households import three_hundred
from seed.notices import NOTICES
from seed.odd_contacts import odd_id
from seed.places import VILLAGES
from seed.story_words import PHOTOS

FLAGGED = {
    FlagKind.FAR_FROM_HOUSEHOLD: "far",
    FlagKind.MOCK_LOCATION: "mock",
    FlagKind.ACCURACY_ZERO: "zero",
    FlagKind.CLOCK_SKEW: "clock",
    FlagKind.TOO_FAST: "too fast",
    FlagKind.PHOTO_REUSED: "photo again",
}


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """demo.json. The ids are of things that the seed made; households by the number on their card.

    police_account    a handler of the county's fraud centre, who enters warnings and lets the library's words out
    open_warning_id   an exercise that nobody has taken yet; `warning_post_url` takes more, signed with the secret
    alert_id          in force, in the feed under `alert_identifier`; `alert_draft_id` waits for a second person
    calendar_url      the technician's shifts, for a phone's calendar; `market_calendar_url`: the markets of 梁村镇
    line_post_url     takes what a telephone exchange tells of a call, `text_post_url` what an SMS gateway received,
                      each signed with its secret
    call_id           missed just now; `callback_id`: nobody has rung back yet
    survey_id         being asked; `closed_survey_id` tells its results
    station_id        a point at a market
    submission_id     came from a phone with a card that no household has: to be put right
    conflict_id       two people changed one note: a supervisor or the cadre says which stays
    """

    base_url: str
    accounts: list[Account]
    county_code: str
    village_code: str
    household_id: UUID
    household_code: str
    household_ids: dict[str, UUID]
    visit_id: UUID
    flagged_visit_ids: dict[str, UUID]
    need_id: UUID
    campaign_codes: list[str]
    service_team: int
    photo_id: UUID
    photo_ids: list[UUID]
    spot_check_id: UUID
    unit_ids: dict[str, UUID]
    studio_unit_id: UUID
    open311_api_key: str
    notice_ids: dict[str, UUID]
    case_ids: dict[str, UUID]
    receipt_url: str
    receipt_secret: str
    station_url: str
    diagnosis_ids: dict[str, UUID]
    diagnosis_receipt_url: str
    diagnosis_receipt_secret: str
    instrument_ids: dict[str, UUID]
    sample_ids: dict[str, UUID]
    sample_url: str
    soil_sample_url: str
    report_number: str
    report_url: str
    visitor_url: str
    police_account: SignIn
    warning_ids: dict[str, UUID]
    open_warning_id: UUID
    warning_post_url: str
    warning_post_secret: str
    round_id: UUID
    closed_round_id: UUID
    alert_ids: dict[str, UUID]
    alert_id: UUID
    alert_identifier: str
    alert_draft_id: UUID
    calendar_url: str
    market_calendar_url: str
    line_post_url: str
    line_post_secret: str
    text_post_url: str
    text_post_secret: str
    call_id: UUID
    callback_id: UUID
    survey_id: UUID
    closed_survey_id: UUID
    pledge_batch_ids: list[UUID]
    enterprise_case_id: UUID
    station_id: UUID
    submission_id: UUID
    conflict_id: UUID


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What is told once, as the last start wrote it: the database keeps none."""

    receipt_secret: str | None = None
    diagnosis_receipt_secret: str | None = None


async def furnish(chosen: Settings, base_url: str) -> Demo:
    """Seed a county that is empty, see to passwords and keys, and write demo.json anew."""
    path = chosen.lianxin_data / "demo.json"
    async with pooled(chosen):
        if not all([await each.is_there() for each in (county, clinic, bench, antifraud, alerts, stations, hotline)]):
            await county.plant()
        await duty.keep_up()
        await submissions.send_in()
        await two_changes.happen()
        await set_passwords()
        told = await _told(base_url, _secrets_of_before(path))
    _write(path, told)
    return told


async def _told(base_url: str, before: Secrets) -> Demo:
    accounts, receipt = await open_accounts(base_url), await cases.receipt(before.receipt_secret)
    sick_field = await clinic.receipt(before.diagnosis_receipt_secret)
    centre = await fraud_warnings.source(base_url, by=await actor(person_id=holder(Role.ADMIN).id))
    calendars = await phone_calendars.calendar_urls(base_url)
    systems, missed = await hotline_systems.line_systems(base_url), await hotline.miss_anew()
    first_village = {household.code: household.id for household in three_hundred() if household.village == VILLAGES[0]}
    return Demo(
        base_url=base_url,
        accounts=accounts,
        county_code=COUNTY,
        village_code=VILLAGES[0].code,
        household_id=first_village["LLM-001"],
        household_code="LLM-001",
        household_ids=first_village,
        visit_id=odd_id("photo"),
        flagged_visit_ids={kind.value: odd_id(name) for kind, name in FLAGGED.items()},
        need_id=made_id("need/firm"),
        campaign_codes=[kind.value for kind in CAMPAIGNS],
        service_team=TEAM_NUMBER,
        photo_id=PHOTOS.culvert,
        photo_ids=list(PHOTOS),
        spot_check_id=SPOT_CHECK,
        unit_ids={unit.key: unit.id for unit in UNITS},
        studio_unit_id=duty.STUDIO_UNIT,
        open311_api_key=await partners.open311_api_key(),
        notice_ids=NOTICES,
        case_ids=cases.CASE_IDS,
        receipt_url=f"{base_url}/r/{receipt[0]}",
        receipt_secret=receipt[1],
        station_url=await clinic.station_url(base_url),
        diagnosis_ids=clinic.DIAGNOSIS_IDS,
        diagnosis_receipt_url=f"{base_url}/r/{sick_field[0]}",
        diagnosis_receipt_secret=sick_field[1],
        instrument_ids=bench.INSTRUMENT_IDS,
        sample_ids=bench.SAMPLE_IDS,
        sample_url=bench.slip_url(base_url),
        soil_sample_url=bench.soil_slip_url(base_url),
        report_number=await bench.report_number(),
        report_url=f"{base_url}/t/{await bench.report_number()}",
        visitor_url=await visitors.visitor_url(base_url),
        police_account=sign_in(FRAUD_DESK),
        warning_ids=await fraud_warnings.warning_ids(),
        open_warning_id=await fraud_warnings.ring_anew(),
        warning_post_url=centre.post_to,
        warning_post_secret=centre.secret or "",
        round_id=outreach.RUNNING,
        closed_round_id=outreach.CLOSED,
        alert_ids=alerts.ALERT_IDS,
        alert_id=alerts.IN_FORCE,
        alert_identifier=await alerts.identifier(),
        alert_draft_id=alerts.DRAFT,
        calendar_url=calendars.shifts,
        market_calendar_url=calendars.markets,
        line_post_url=systems.phone.post_to,
        line_post_secret=systems.phone.secret or "",
        text_post_url=systems.sms.post_to,
        text_post_secret=systems.sms.secret or "",
        call_id=missed.call_id,
        callback_id=missed.callback_id,
        survey_id=hotline_plans.RUNNING,
        closed_survey_id=hotline_plans.CLOSED,
        pledge_batch_ids=list(hotline_plans.PLEDGES.values()),
        enterprise_case_id=hotline_desk.FIRM_CASE,
        station_id=stations.STATION,
        submission_id=submissions.WAITING,
        conflict_id=two_changes.CONFLICT,
    )


def _secrets_of_before(path: Path) -> Secrets:
    return msgspec.json.decode(path.read_bytes(), type=Secrets) if path.exists() else Secrets()


def _write(path: Path, told: Demo) -> None:
    """Whole or not at all, for the owner's eyes: it holds tokens."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
    unfinished.replace(path)
