"""Cases that came in today, and those that somebody works on."""

from backend.cases import working
from backend.cases.schemas import SpotAnswer
from backend.cases.words import Channel
from backend.deadlines.tables import SuspensionReason
from seed import made_id
from seed.case_story import CLEAN, LAND, ROADS, WATER, WELLS, Then, Told, handed_over, sent, taken, told

LOST_DEED = SpotAnswer(
    words="不用跑县里。带身份证和土地承包合同，到镇便民服务中心二号窗口办，当场能取。", knowledge_code="land-contract-1"
)

INSURANCE = SpotAnswer(words="居民医保缴到十二月三十一日。手机上缴不了的，到镇便民服务中心三号窗口。")

NEW = (
    Told(
        *("water_off", Channel.PHONE, WATER, "LLM-005", (1, 19.5), "desk"),
        "琉璃庙村东头停水",
        "从下午三点起没水，东头二十来户都这样。",
        (taken((1, 20), "water"),),
    ),
    Told(
        *("water_off_too", Channel.SMS, WATER, "LLM-006", (1, 20.5), ""),
        "琉璃庙村东头没水",
        "东头停水了，二十来户下午三点起没水，做不了饭。",
    ),
    Told(
        *("pigsty", Channel.WECHAT, "production.livestock", "DH-007", (1, 9), ""),
        "猪圈进了水，想请人看看",
        "前天下雨，圈里进水，怕猪生病。",
    ),
    Told(
        *("shop_signs", Channel.OPEN311, ROADS, "HZ-008", (2, 17), ""),
        "村口路牌倒了",
        "路牌倒在沟边，晚上看不见。",
    ),
    Told(
        *("bins", Channel.QR, CLEAN, "JT-009", (1, 15), ""),
        "垃圾桶满了没人拉",
        "扫墙上的码报的。村南头四个桶都满了，两天没拉。",
    ),
    Told(
        *("wages", Channel.WEB, "employment.wages", "CP-010", (4, 20), ""),
        "在镇上工地干活，三个月工资没给",
        "一共九个人，老板电话打不通。",
    ),
)
"""Just come in. Two of them look like one case, and one has no unit in the routing table."""

UNDER_WAY = (
    Told(
        *("green", Channel.VISIT, WELLS, "LLM-001", (2, 10), "cadre"),
        "田头涵管塌了，水排不出去",
        "涵管塌了两节，下雨就淹地，约四亩。",
        (sent((2, 10.2), "cadre"), taken((2, 15), "water")),
        {"photo_ids": [made_id("photo/case culvert")]},
    ),
    Told(
        *("yellow", Channel.PHONE, ROADS, "DGQ-011", (5, 9), "desk"),
        "村西路面有个大坑",
        "桥头往西一百米，坑有脸盆大，三轮车颠翻过一次。",
        (sent((5, 9.3)), taken((5, 14), "construction")),
    ),
    Told(
        *("overdue", Channel.APP, WELLS, "CP-012", (8, 10), ""),
        "机井不上水，麦子浇不了",
        "三号机井一个月不出水，后头的地都等着。",
        (sent((8, 10.5)), taken((8, 16), "water")),
    ),
    Told(
        *("suspended", Channel.PHONE, ROADS, "TZ-013", (6, 9), "desk"),
        "胡同里铺一段砖",
        "一下雨就踩泥，小学生上学走这里。",
        (
            sent((6, 10)),
            taken((6, 14), "construction"),
            Then(
                *(working.suspend, (4, 9), "construction"),
                {
                    "reason_code": SuspensionReason.WEATHER_OR_SEASON,
                    "remark": "砖和沙已备好。地还湿，等土干了再铺，预计一周。",
                },
            ),
        ),
    ),
    Told(
        *("two_hops", Channel.PHONE, CLEAN, "HQ-014", (3, 8), "desk"),
        "排水沟又臭又堵",
        "沟通到村后的河，堵了就往院里倒灌。",
        (
            handed_over((3, 14), "centre", "construction", "沟出了村，村外的归住建局"),
            handed_over((2, 9), "construction", "water", "堵在河闸，是水利局的闸"),
        ),
    ),
    Told(
        *("fake_seed", Channel.PHONE, "production.fake_inputs", "CS-015", (11, 9), "desk"),
        "买的麦种出苗不到三成",
        "二月买的，有袋子和收据，种了六亩。",
        (
            sent((11, 9.5)),
            taken((11, 14), "farming"),
            Then(working.note, (10, 10), "farming", {"remark": "和市场监管局约了周五一起去门店取样"}),
            told((9, 16), "farming", "已到地里看过，取了种子样送检，十天左右出结果。请留好袋子和收据。"),
        ),
    ),
    Told(
        *("homestead", Channel.WALK_IN, LAND, "JT-016", (6, 9), "centre"),
        "宅基地和邻居差一墙，想重新量",
        "两家都同意量，请来个懂的。",
        (sent((6, 9.5), "centre", "construction"), taken((6, 15), "construction")),
    ),
    Told(
        *("province", Channel.PROVINCE, "justice_rights.consumer", "HQ-017", (4, 15), "desk"),
        "网上买的农机配件不给退",
        "省平台转来。配件型号不对，店在本县。",
        (sent((4, 15.5)), taken((3, 9), "market")),
        {"upstream_number": "SZ-演示-0042"},
        due=(-1, 12),
    ),
    Told(
        *("receipt", Channel.WALK_IN, ROADS, "LLM-002", (3, 9), "centre"),
        "村口两盏路灯不亮",
        "晚上接孩子看不清路。",
        (
            sent((3, 9.2), "centre"),
            taken((3, 14), "construction"),
            told((2, 10), "construction", "已查明是线断了。灯杆要用升降车，约在后天上午来修。"),
        ),
    ),
)
"""Somebody works on it: green, yellow, overdue, standing still, sent on twice, from the province."""
