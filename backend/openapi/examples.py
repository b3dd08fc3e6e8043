"""Bodies that a reader can send as they stand: tests send each one to the demo's kind of county.

They tell one November in a village: what a cadre, an operator, a supervisor and an assistant send.
"""

from typing import Any

import msgspec

from backend.people.tables import Role

VILLAGE, TOWNSHIP = "371526101335", "371526101000"


class Example(msgspec.Struct, frozen=True):
    """A JSON body, and a role that may send it. `name` as readers of the document see it."""

    name: str
    by: Role
    body: dict[str, Any]


_CALL = {
    "id": "01936f2c-8a4e-7c3b-9d21-5f0e6a7b8c9d",
    "channel": "call",
    "occurred_at": "2026-11-20T15:31:52+08:00",
    "household_code": "LLM-001",
    "note": "问了小麦浇冻水",
}
_VISIT = {
    "id": "01936f2d-1b07-7a52-8f34-c1d2e3f4a5b6",
    "channel": "visit",
    "occurred_at": "2026-11-20T16:05:10+08:00",
    "household_code": "LLM-001",
    "point": {"longitude": 116.28, "latitude": 36.9, "crs": "wgs84", "accuracy_m": 12},
}
_CASE = {
    "id": "01936f2e-0c11-7d20-9a10-0a1b2c3d4e5f",
    "channel": "phone",
    "category_code": "production",
    "title": "机井电机烧了，麦子浇不上水",
    "description": "村东机井，周三夜里烧的，三户等着浇冻水。",
    "division_code": VILLAGE,
}
_SICK_FIELD = {
    "id": "01936f2f-5e6f-7b31-8c42-1f2e3d4c5b6a",
    "channel": "visit",
    "crop_code": "wheat",
    "symptoms": "下部叶片发黄，有白粉，东头三亩。",
    "area_mu": 3,
    "onset_on": "2026-11-17",
    "division_code": VILLAGE,
}
_FRAUD_WARNING = {
    "id": "01936f30-77aa-7c01-b0de-99aabbccddee",
    "level": "medium",
    "division_code": VILLAGE,
    "person": {"address_note": "村东第三排，灰大门"},
    "exercise": True,
}
_ALERT = {
    "id": "01936f31-0d0e-7f00-a1b2-c3d4e5f60718",
    "areas": [{"division_codes": [TOWNSHIP]}],
    "audience": {"roles": ["cadre"]},
    "category": "Security",
    "event": "冒充客服退款诈骗",
    "urgency": "Immediate",
    "severity": "Moderate",
    "certainty": "Observed",
    "expires": "2026-11-27T20:00:00+08:00",
    "headline": "接到“退款”电话不要转账",
    "description": "近三天本镇有人接到自称网店客服的电话，要求先转保证金。",
    "instruction": "先挂断，再打 96110 问一问。",
}
_TALK = {
    "id": "01936f32-4411-7a90-8123-456789abcdef",
    "division_code": VILLAGE,
    "place": "村文化广场",
    "headcount": 46,
    "at": "2026-11-20T19:00:00+08:00",
}
_POSTERS = {
    "id": "01936f33-2212-7bcd-9123-abcdef456789",
    "division_code": VILLAGE,
    "place": "村卫生室门口",
    "posters_n": 2,
    "at": "2026-11-20T09:30:00+08:00",
}
_NOTICE = {
    "id": "01936f34-9f9f-7e1d-a456-0123456789ab",
    "division_codes": [TOWNSHIP],
    "category": "service",
    "title_zh": "周六科技大集",
    "text_zh": "本周六上午梁村大集，农技站免费测土，请通知各户带土样。",
    "roles": ["cadre"],
}
_CAMPAIGN = {
    "id": "01936f35-1357-7acb-8bdf-246813579bdf",
    "code": "winter-wheat-2026",
    "name": "小麦冬前走访",
    "kind": "people",
    "division_code": TOWNSHIP,
    "valid_from": "2026-11-15",
    "valid_to": "2026-12-31",
    "source": "镇农业站安排",
}

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "signIn": (Example("aCadre", Role.CADRE, {"phone": "199 0000 0001", "password": "lianxin-2026"}),),
    "recordVisit": (Example("byTelephone", Role.CADRE, _CALL), Example("atTheDoor", Role.CADRE, _VISIT)),
    "recordVisits": (Example("aDayOffline", Role.CADRE, {"visits": [_CALL, _VISIT]}),),
    "openCase": (Example("aCallAboutAWell", Role.OPERATOR, _CASE),),
    "requestDiagnosis": (Example("aSickField", Role.CADRE, _SICK_FIELD),),
    "enterWarning": (Example("anExercise", Role.OPERATOR, _FRAUD_WARNING),),
    "raiseAlert": (Example("aFraudWave", Role.SUPERVISOR, _ALERT),),
    "recordTalk": (Example("onTheSquare", Role.ASSISTANT, _TALK),),
    "recordPosters": (Example("atTheClinic", Role.ASSISTANT, _POSTERS),),
    "sendNotice": (Example("aMarketDay", Role.SUPERVISOR, _NOTICE),),
    "openCampaign": (Example("beforeTheWinter", Role.SUPERVISOR, _CAMPAIGN),),
    "lintText": (Example("aPhoneNumberInAText", Role.CADRE, {"text": "请联系王先生 199 0000 0007"}),),
}
"""operationId: its bodies."""


def show(operation: dict[str, Any]) -> None:
    """Put an operation's examples beside its body's schema."""
    if known := EXAMPLES.get(operation["operationId"]):
        media = operation["requestBody"]["content"]["application/json"]
        media["examples"] = {example.name: {"value": example.body} for example in known}
