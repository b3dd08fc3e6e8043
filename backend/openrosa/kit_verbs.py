"""The verbs that this door carries out for a form, offered to the kits with the arguments that each takes.

The words are the verbs' own; `form_id`, instance and sender give the id, the person and the door.
"""

from collections.abc import Iterable
from enum import StrEnum

from backend.antifraud.outreach_words import AgeBand, HouseholdMark, LetterMove
from backend.cases.loop_words import FeedbackWay
from backend.cases.words import CaseKind
from backend.diagnosis.words import ConsentPurpose, GrowthStage, Organ, Topic
from backend.kits.verbs import Argument, ArgumentKind, Verb, offer
from backend.laboratory.words import LandUse, SampleConsentPurpose, SampleKind, SampleTemperature
from backend.openrosa.words import BroughtBy, TakenHow
from backend.visits.campaign_tables import CampaignKind
from backend.visits.tables import Channel, PhotoKind


def _words(kinds: type[StrEnum] | Iterable[str]) -> frozenset[str]:
    return frozenset(str(word) for word in kinds)


_TEXT, _NEEDED = Argument(kind=ArgumentKind.TEXT), Argument(kind=ArgumentKind.TEXT, needed=True)
_MOMENT = Argument(kind=ArgumentKind.MOMENT)
_MOMENT_NEEDED = Argument(kind=ArgumentKind.MOMENT, needed=True)
_POINT = Argument(kind=ArgumentKind.POINT)
_NUMBER, _DATE = Argument(kind=ArgumentKind.NUMBER), Argument(kind=ArgumentKind.DATE)

offer(
    Verb(
        "recordVisit",
        {
            "channel": Argument(kind=ArgumentKind.TEXT, needed=True, words=_words(Channel)),
            "occurred_at": _MOMENT_NEEDED,
            "household_code": _TEXT,
            "division_code": _TEXT,
            "place_note": _TEXT,
            "point": _POINT,
            "campaign_kind": Argument(kind=ArgumentKind.TEXT, words=_words(CampaignKind)),
            "topics": Argument(kind=ArgumentKind.WORDS),
            "note": _TEXT,
            "companions": Argument(kind=ArgumentKind.WORDS),
            "needs": Argument(kind=ArgumentKind.ROWS, fields={"category": _NEEDED, "description": _NEEDED}),
            "photos": Argument(kind=ArgumentKind.FILES, words=_words(PhotoKind)),
        },
    )
)
offer(
    Verb(
        "requestDiagnosis",
        {
            "asked_at": _MOMENT,
            "household_code": _TEXT,
            "division_code": _TEXT,
            "place_note": _TEXT,
            "point": _POINT,
            "contact_name": _TEXT,
            "contact_phone": _TEXT,
            "wants_call": Argument(kind=ArgumentKind.YES_NO),
            "crop_code": _NEEDED,
            "topic": Argument(kind=ArgumentKind.TEXT, words=_words(Topic)),
            "growth_stage": Argument(kind=ArgumentKind.TEXT, words=_words(GrowthStage)),
            "organ": Argument(kind=ArgumentKind.TEXT, words=_words(Organ)),
            "symptoms": _TEXT,
            "area_mu": Argument(kind=ArgumentKind.NUMBER),
            "onset_on": Argument(kind=ArgumentKind.DATE),
            "treatments": _TEXT,
            "weather_note": _TEXT,
            "photos": Argument(kind=ArgumentKind.FILES),
            "consents": Argument(kind=ArgumentKind.CONSENTS, needed=True, words=_words(ConsentPurpose)),
        },
    )
)
offer(
    Verb(
        "recordOutreach",
        {
            "round": _NEEDED,
            "household_code": _NEEDED,
            "occurred_at": _MOMENT_NEEDED,
            "mark": Argument(kind=ArgumentKind.TEXT, needed=True, words=_words(HouseholdMark)),
            "age_band": Argument(kind=ArgumentKind.TEXT, words=_words(AgeBand)),
            "letter": Argument(kind=ArgumentKind.TEXT, words=_words((LetterMove.SIGNED, LetterMove.DECLINED))),
            "serial": _TEXT,
        },
        media=frozenset({"rounds.csv", "villages.csv", "households.csv", "letters.csv"}),
    )
)
offer(
    Verb(
        "recordStall",
        {
            "market": _TEXT,
            "place": _TEXT,
            "held_by": _TEXT,
            "matters": Argument(
                kind=ArgumentKind.ROWS,
                needed=True,
                fields={
                    "slip_number": _TEXT,
                    "begun_at": _MOMENT_NEEDED,
                    "kind": Argument(kind=ArgumentKind.TEXT, needed=True, words=_words((*CaseKind, "expert"))),
                    "category": _TEXT,
                    "title": _NEEDED,
                    "words": _TEXT,
                    "village": _NEEDED,
                    "place_note": _TEXT,
                    "answer": _TEXT,
                    "way": Argument(kind=ArgumentKind.TEXT, words=_words(FeedbackWay)),
                    "contact_agreed": Argument(kind=ArgumentKind.YES_NO),
                    "contact_name": _TEXT,
                    "contact_phone": _TEXT,
                    "photo": Argument(kind=ArgumentKind.FILES),
                },
            ),
        },
        media=frozenset({"markets.csv", "villages.csv"}),
    )
)
offer(
    Verb(
        "receiveSample",
        {
            "kind": Argument(kind=ArgumentKind.TEXT, needed=True, words=_words(SampleKind)),
            "code": _TEXT,
            "household_code": _TEXT,
            "market_lot": _TEXT,
            "division_code": _TEXT,
            "plot": _TEXT,
            "crop_code": _TEXT,
            "crop_said": _TEXT,
            "land_use": Argument(kind=ArgumentKind.TEXT, words=_words(LandUse)),
            "depth_top_cm": _NUMBER,
            "depth_bottom_cm": _NUMBER,
            "cores_n": _NUMBER,
            "sampled_on": _DATE,
            "taken_how": Argument(kind=ArgumentKind.TEXT, words=_words(TakenHow)),
            "brought_by": Argument(kind=ArgumentKind.TEXT, words=_words(BroughtBy)),
            "drop_off_id": _TEXT,
            "taken_by": _TEXT,
            "received_at": _MOMENT_NEEDED,
            "travelled": Argument(kind=ArgumentKind.TEXT, words=_words(SampleTemperature)),
            "temperature_c": _NUMBER,
            "note": _TEXT,
            "contact_name": _TEXT,
            "contact_phone": _TEXT,
            "wants_call": Argument(kind=ArgumentKind.YES_NO),
            "consents": Argument(kind=ArgumentKind.CONSENTS, words=_words(SampleConsentPurpose)),
        },
        media=frozenset({"villages.csv", "desks.csv"}),
    )
)
