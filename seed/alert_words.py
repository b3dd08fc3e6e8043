"""What the demo's public warnings say. Every one of them is invented, and its headline says so, also in the feed."""

from datetime import datetime, timedelta

from backend.alerts.schemas import AlertAudience, AlertCancellation, AlertChanges, NewAlert, NewAlertArea
from backend.alerts.words import (
    AlertCategory,
    AlertCertainty,
    AlertColour,
    AlertSeverity,
    AlertStatus,
    AlertUrgency,
)
from backend.people.tables import Role
from seed.cast import COUNTY, LIANGCUN

WHOLE_COUNTY = [NewAlertArea(division_codes=[COUNTY])]
EVERYBODY = AlertAudience(roles=[Role.CADRE, Role.ASSISTANT], citizens=True, groups=True)
AT_WORK = AlertAudience(roles=[Role.CADRE, Role.ASSISTANT, Role.HANDLER, Role.OPERATOR])
OPEN_TO_ALL = AlertAudience(roles=[Role.CADRE, Role.ASSISTANT], citizens=True)


def service_desk(at: datetime) -> NewAlert:
    """In force for thirty days."""
    return NewAlert(
        areas=WHOLE_COUNTY,
        audience=EVERYBODY,
        category=AlertCategory.SECURITY,
        event="冒充快递客服诈骗",
        urgency=AlertUrgency.EXPECTED,
        severity=AlertSeverity.MODERATE,
        certainty=AlertCertainty.OBSERVED,
        colour=AlertColour.YELLOW,
        expires=at + timedelta(days=30),
        headline="有人冒充快递客服，说包裹丢了要理赔，让您共享屏幕（演示）",
        description="这几天有人打电话，报得出您的姓名和快递单号，说包裹丢失要双倍赔，或说您开了会员每月扣钱。"
        "接着让您下载会议软件、共享屏幕，看着您输密码，把钱转走。",
        instruction="挂电话。自己打开购物软件问客服。不共享屏幕，不报验证码。钱已转出的，马上打 110，再打 96110。",
        say_on_phone="我是村警务助理。真的客服理赔从来不用您共享屏幕，您先把那个电话挂了。",
        fraud_type="fake_customer_service",
        contact="96110",
    )


def fog(at: datetime) -> NewAlert:
    """Until the next noon."""
    return NewAlert(
        areas=WHOLE_COUNTY,
        audience=OPEN_TO_ALL,
        category=AlertCategory.MET,
        event="大雾",
        urgency=AlertUrgency.EXPECTED,
        severity=AlertSeverity.MODERATE,
        certainty=AlertCertainty.LIKELY,
        colour=AlertColour.YELLOW,
        expires=at + timedelta(hours=18),
        headline="今夜到明天上午有大雾，能见度低于五百米（演示）",
        description="今天后半夜起全县有大雾，低洼地和河边更重。",
        instruction="能晚走就晚走。骑车开车慢行、开雾灯，接送孩子早点出门。",
    )


def thicker_fog(at: datetime) -> AlertChanges:
    """The same, worse and longer."""
    return AlertChanges(
        colour=AlertColour.ORANGE,
        severity=AlertSeverity.SEVERE,
        certainty=AlertCertainty.OBSERVED,
        expires=at + timedelta(hours=40),
        headline="雾加重：能见度已低于二百米，持续到后天上午（演示）",
        description="梁村镇、汇鑫街道已看不清二百米外，国道限速，部分班车停开。",
        note="比上一条更重、时间更长",
    )


def borrowed_name(at: datetime) -> NewAlert:
    """Of a township; it is called off the next day."""
    return NewAlert(
        areas=[NewAlertArea(division_codes=[LIANGCUN])],
        audience=OPEN_TO_ALL,
        category=AlertCategory.SECURITY,
        event="冒充镇领导借钱",
        urgency=AlertUrgency.EXPECTED,
        severity=AlertSeverity.MINOR,
        certainty=AlertCertainty.POSSIBLE,
        colour=AlertColour.BLUE,
        expires=at + timedelta(days=10),
        headline="有人用镇领导的名字加好友借钱（演示）",
        description="两个村的会计收到好友申请，头像和名字都是镇领导，开口借钱周转。",
        instruction="不通过、不转账，当面或打座机问本人。",
        say_on_phone="领导要钱一定当面说、走手续，您先别转。",
        fraud_type="fake_leader_or_acquaintance",
        contact="96110",
    )


NOT_SO = AlertCancellation(
    description="查清楚了：是本人换了新手机重新加好友，借钱的话是同事开的玩笑。没有人受骗，这条预警取消。",
    instruction="不用再按那条预警做。以后遇到借钱，还是先打电话问本人。",
)


def drill(at: datetime) -> NewAlert:
    """Two hours of an exercise, for those at work."""
    return NewAlert(
        areas=[NewAlertArea(division_codes=[LIANGCUN])],
        audience=AT_WORK,
        category=AlertCategory.MET,
        event="暴雨转移演练",
        urgency=AlertUrgency.EXPECTED,
        severity=AlertSeverity.SEVERE,
        certainty=AlertCertainty.LIKELY,
        colour=AlertColour.ORANGE,
        status=AlertStatus.EXERCISE,
        expires=at + timedelta(hours=2),
        headline="暴雨橙色预警，请按预案转移低洼处的户",
        description="演练情景：两小时内雨量将超过一百毫米，琉璃庙、黄圈两村东地进水。",
        instruction="各村按名单走一遍转移路线，到点报人数。",
        note="全镇防汛演练，不是真的",
    )


def second_hand(at: datetime) -> NewAlert:
    """A draft that waits for its second person."""
    return NewAlert(
        areas=[NewAlertArea(division_codes=[LIANGCUN])],
        audience=OPEN_TO_ALL,
        category=AlertCategory.SECURITY,
        event="低价农机定金诈骗",
        urgency=AlertUrgency.EXPECTED,
        severity=AlertSeverity.MODERATE,
        certainty=AlertCertainty.LIKELY,
        colour=AlertColour.YELLOW,
        expires=at + timedelta(days=28),
        headline="短视频里低价卖旋耕机，收了定金就拉黑（演示）",
        description="有人在短视频里发半价旋耕机，让加微信先付两成定金。付了以后说运费、保险还要交，再问就拉黑。",
        instruction="不私下付定金。要看货、要发票，到县里的农机店或合作社问价。",
        say_on_phone="农机没见着先要钱的，八成是骗子，您先别付。",
        fraud_type="fake_shopping",
        contact="96110",
    )
