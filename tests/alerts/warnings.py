"""One warning as the tests tell it: callers who say they are from the county's subsidy office."""

from datetime import UTC, datetime
from typing import Any

from backend.alerts.identifiers import identifier, issuer
from backend.alerts.messages import AlertMessage, Area
from backend.alerts.words import AlertCategory, AlertCertainty, AlertColour, AlertSeverity, AlertUrgency

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
        "fraud_type": "subsidy",
        "contact": "96110",
        "areas": (TOWNSHIP,),
    }
    return AlertMessage(**(given | changed))
