"""Who has an account in the demo county. Every name is invented; the phone numbers belong to nobody."""

from typing import NamedTuple
from uuid import UUID

from backend.people.tables import Role, UnitKind
from seed import made_id

COUNTY = "371526000000"
LIANGCUN = "371526101000"
VILLAGE = "371526101335"


class NewUnit(NamedTuple):
    """A unit to open."""

    key: str
    name: str
    kind: UnitKind
    division_code: str
    public_phone: str | None = None
    parent: str | None = None

    @property
    def id(self) -> UUID:
        return made_id(f"unit/{self.key}")


class Member(NamedTuple):
    """One of the cast: who, in which role, over which divisions, in which unit."""

    name: str
    role: Role
    phone: str
    division_codes: tuple[str, ...] = (COUNTY,)
    unit: str | None = None

    @property
    def id(self) -> UUID:
        return made_id(f"person/{self.phone}")


UNITS = (
    NewUnit("masses", "高唐县群众工作办公室（演示）", UnitKind.GOVERNMENT, COUNTY, "0635-1540000"),
    NewUnit("water", "高唐县水利局（演示）", UnitKind.DEPARTMENT, COUNTY, "0635-1540002"),
    NewUnit("studio", "高唐县农技工作室（演示）", UnitKind.STUDIO, COUNTY, "0635-1540001"),
    NewUnit("fraud_centre", "高唐县公安局反诈中心（演示）", UnitKind.POLICE, COUNTY, "0635-1540009"),
    NewUnit("precinct", "梁村派出所（演示）", UnitKind.POLICE, LIANGCUN, "0635-1540010", parent="fraud_centre"),
    NewUnit("police", "梁村派出所警务室（演示）", UnitKind.POLICE, LIANGCUN, "0635-1540011", parent="precinct"),
    NewUnit("construction", "高唐县住房和城乡建设局（演示）", UnitKind.DEPARTMENT, COUNTY, "0635-1540003"),
    NewUnit("farming", "高唐县农业农村局（演示）", UnitKind.DEPARTMENT, COUNTY, "0635-1540004"),
    NewUnit("civil", "高唐县民政局（演示）", UnitKind.DEPARTMENT, COUNTY, "0635-1540005"),
    NewUnit("market", "高唐县市场监督管理局（演示）", UnitKind.DEPARTMENT, COUNTY, "0635-1540006"),
    NewUnit("centre", "梁村镇便民服务中心（演示）", UnitKind.STATION, LIANGCUN, "0635-1540007"),
    NewUnit("point", "琉璃庙村农技服务点（演示）", UnitKind.STATION, VILLAGE, "0635-1540008", parent="studio"),
)

CADRES = (
    Member("王秀禾", Role.CADRE, "154 0000 0001", ("371526101335", "371526101336")),
    Member("李春野", Role.CADRE, "154 0000 0002", ("371526101250", "371526101331")),
    Member("刘青阡", Role.CADRE, "154 0000 0003", ("371526101340", "371526101371")),
    Member("孙立夏", Role.CADRE, "154 0000 0004", ("371526102248", "371526102292")),
    Member("马长渠", Role.CADRE, "154 0000 0005", ("371526103218",)),
    Member("杨采苓", Role.CADRE, "154 0000 0006", ("371526104243",)),
)

OTHERS = (
    Member("韩守垄", Role.ASSISTANT, "154 0000 0011", ("371526101335",), "police"),
    Member("陆望秋", Role.EXPERT, "154 0000 0012", unit="studio"),
    Member("沈知墒", Role.TECHNICIAN, "154 0000 0013", unit="studio"),
    Member("吴小岚", Role.OPERATOR, "154 0000 0014", unit="masses"),
    Member("郑远埠", Role.HANDLER, "154 0000 0015", unit="water"),
    Member("赵一衡", Role.SUPERVISOR, "154 0000 0016", unit="masses"),
    Member("顾清核", Role.AUDITOR, "154 0000 0017"),
    Member("周明垣", Role.ADMIN, "154 0000 0018"),
)

ON_DUTY = (
    Member("田守正", Role.TECHNICIAN, "154 0000 0021", unit="studio"),
    Member("闻夜澜", Role.TECHNICIAN, "154 0000 0022", unit="studio"),
    Member("程晚禾", Role.EXPERT, "154 0000 0023", unit="studio"),
    Member("江汛平", Role.HANDLER, "154 0000 0031", unit="water"),
    Member("汪守闸", Role.HANDLER, "154 0000 0032", unit="water"),
    Member("孟堤川", Role.HANDLER, "154 0000 0033", unit="water"),
    Member("范听雨", Role.OPERATOR, "154 0000 0024", unit="masses"),
    Member("乔晚铃", Role.OPERATOR, "154 0000 0025", unit="masses"),
    Member("尚应声", Role.OPERATOR, "154 0000 0026", unit="masses"),
)
"""With the others of their units they keep the lines of `duty`."""

POLICE = (
    Member("肖明鉴", Role.HANDLER, "154 0000 0061", unit="fraud_centre"),
    Member("柏长岗", Role.HANDLER, "154 0000 0062", (LIANGCUN,), "precinct"),
    Member("鲁望更", Role.ASSISTANT, "154 0000 0063", ("371526101336", "371526101250"), "precinct"),
    Member("段夜行", Role.ASSISTANT, "154 0000 0064", ("371526101331",), "precinct"),
    Member("安巡溪", Role.ASSISTANT, "154 0000 0065", ("371526101340",), "precinct"),
    Member("关守桥", Role.ASSISTANT, "154 0000 0066", ("371526101371",), "precinct"),
)
"""The county's fraud centre and the station. Its four assistants take turns at its phone, nights too: who of them is
on duty is rung when a village's own assistant does not take a warning."""

FRAUD_DESK = POLICE[0]

HANDLERS = (
    Member("冯砌石", Role.HANDLER, "154 0000 0041", unit="construction"),
    Member("邵春耕", Role.HANDLER, "154 0000 0042", unit="farming"),
    Member("温长安", Role.HANDLER, "154 0000 0043", unit="civil"),
    Member("严公平", Role.HANDLER, "154 0000 0044", unit="market"),
    Member("祝近民", Role.HANDLER, "154 0000 0045", (COUNTY,), "centre"),
)
"""One in each unit that keeps no roster: what is sent there reaches him day and night."""

EXPERTS = (
    Member("穆丰年", Role.EXPERT, "154 0000 0051", unit="studio"),
    Member("苗向阳", Role.EXPERT, "154 0000 0052", unit="studio"),
    Member("果满枝", Role.EXPERT, "154 0000 0053", unit="studio"),
    Member("姜老耕", Role.EXPERT, "154 0000 0054", (LIANGCUN,), unit="studio"),
)
"""The chief, two of the studio, a farmer who knows (土专家). They keep no line; `clinic` says what they answer."""

EVERYBODY = (*CADRES, *OTHERS, *ON_DUTY, *POLICE, *HANDLERS, *EXPERTS)

ONE_PER_ROLE = (CADRES[0], *OTHERS)
"""Whom demo.json and the banner show."""


def holder(role: Role) -> Member:
    """The one to act in a role."""
    return next(member for member in ONE_PER_ROLE if member.role is role)
