"""The demo's cases: thirty matters, invented, each with what became of it. `case_story` says how."""

from backend.cases.words import CaseKind, Channel
from seed.case_story import ROADS, WELLS, Told, sent, taken, told, up
from seed.case_words_ended import ENDED
from seed.case_words_open import NEW, UNDER_WAY

LOOPS = (
    Told(
        *("canal", Channel.PHONE, WELLS, "CP-004", (13, 9), "desk"),
        "支渠过路的涵洞太小，年年淹",
        "渠归水利，路归住建，两边都说要对方先改。",
        (
            sent((13, 10)),
            taken((13, 15), "water"),
            told((12, 10), "water", "看过现场：涵洞要加宽，但在路下面，得和住建局一起定。"),
            up((11, 9), "water", 2, "涵洞在路下面，水利局一家定不了"),
        ),
        {"policy_code": "complex"},
    ),
    Told(
        *("underpass", Channel.WEB, ROADS, "CP-005", (12, 20), ""),
        "茶棚村过路涵洞一下雨就没膝盖",
        "学生绕两里路。",
        (
            sent((11, 9)),
            taken((11, 14), "construction"),
            up((10, 9), "construction", 2, "积水是从支渠来的，要和水利局一起定"),
        ),
        {"policy_code": "complex"},
    ),
    Told(
        *("suggestion", Channel.WALK_IN, "other.suggestion", "DGQ-006", (9, 9), "centre"),
        "建议在董姑桥小学门口划斑马线、装减速带",
        "上学放学车多，去年蹭过两个孩子。建议划线、装减速带，放学时有人值守。",
        (
            sent((9, 10), "centre", "construction"),
            taken((9, 15), "construction"),
            told((8, 9), "construction", "建议收到，先请三方签字，再到校门口当面定。"),
        ),
        {"kind": CaseKind.SUGGESTION},
    ),
)
"""Two that a joint meeting takes up; a suggestion, half-way through its nine steps."""

CASES = (*NEW, *UNDER_WAY, *ENDED, *LOOPS)
MEETING = "茶棚村过路涵洞加宽"

MINUTES = (
    "到场看了涵洞。一致意见：由水利局牵头，今冬加宽到一米二，路面由住建局恢复。"
    "镇便民服务中心负责告知两边的户，施工期间学生改走北门。"
)

SUB_TASKS = {
    "water": "出涵洞加宽的图和预算",
    "construction": "定路面开挖和恢复的日子",
    "centre": "在村口贴出施工告示",
}

OFFICES = {"county_leader": "县人大常委会分管副主任", "bureau_head": "县住房和城乡建设局局长"}
HEARING_MINUTES = "三方在校门口当面谈。住建局同意划线、装两条减速带；放学时段的值守由村里和学校排班。建议人同意。"
