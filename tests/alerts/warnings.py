"""One warning as the tests tell it: callers who say they are from the county's subsidy office."""

from datetime import UTC, datetime, timedelta
from typing import Any

from backend.alerts.identifiers import identifier, issuer
from backend.alerts.messages import AlertMessage, Area
from backend.alerts.schemas import AlertAudience, NewAlert, NewAlertArea
from backend.alerts.words import AlertCategory, AlertCertainty, AlertColour, AlertSeverity, AlertUrgency
from backend.core import clock
from backend.people.tables import Role
from tests.cast import TOWNSHIP as TOWNSHIP_CODE

SENT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
ISSUER = issuer(county_code="371526000000", body="312")
TOWNSHIP = Area(description="梁村镇", geocodes=("371526101",))
POND = Area(
    description="军屯村周围",
    polygon=((116.30, 36.88), (116.32, 36.88), (116.32, 36.90), (116.30, 36.90), (116.30, 36.88)),
)


def warning(**changed: Any) -> AlertMessage:
    """`warning(expires=…)` and so on."""
    given: dict[str, Any] = {
        "identifier": identifier(issuer=ISSUER, sent=SENT, number=0),
        "sender": "gaotang-police",
        "sent": SENT,
        "category": AlertCategory.SECURITY,
        "event": "冒充惠农补贴诈骗",
        "urgency": AlertUrgency.IMMEDIATE,
        "severity": AlertSeverity.MODERATE,
        "certainty": AlertCertainty.OBSERVED,
        "colour": AlertColour.YELLOW,
        "audience": "种粮农户",
        "effective": SENT,
        "expires": datetime(2026, 11, 29, 16, 0, tzinfo=UTC),
        "sender_name": "高唐县公安局（演示）",
        "headline": "有人冒充补贴办打电话要验证码",
        "description": "骗子说补贴要退款，让您报银行卡和短信验证码。",
        "instruction": "不报验证码，不转账，先打 96110 问一问。",
        "say_on_phone": "我是警务助理，补贴从来不用您报验证码。",
        "fraud_type": "farm_supplies_and_subsidies",
        "contact": "96110",
        "areas": (TOWNSHIP,),
    }
    return AlertMessage(**(given | changed))


def new_alert(**changed: Any) -> NewAlert:
    """The same as somebody writes it now, for a week, for the cadres of the township."""
    told = warning()
    same = ("category", "event", "urgency", "severity", "certainty", "colour", "headline", "description")
    given: dict[str, Any] = {name: getattr(told, name) for name in same}
    given |= {name: getattr(told, name) for name in ("instruction", "say_on_phone", "fraud_type", "contact")}
    given |= {
        "areas": [NewAlertArea(division_codes=[TOWNSHIP_CODE])],
        "audience": AlertAudience(roles=[Role.CADRE], described="种粮农户"),
        "expires": clock.now() + timedelta(days=7),
    }
    return NewAlert(**(given | changed))
