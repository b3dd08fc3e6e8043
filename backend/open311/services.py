"""Services: the categories of cases, what each asks beside the words, and what of it is published."""

from datetime import date
from typing import Any

from backend.cases.reference import Categories, categories
from backend.cases.schemas import CategoryRecord
from backend.cases.words import Channel
from backend.core import clock
from backend.core.words import Term, language, say
from backend.open311.errors import ServiceUnknown
from backend.open311.publishing import WITH_WORDS, level_of
from backend.open311.reference import Attribute, Choice, attributes
from backend.open311.words import Level

PUBLISH = "publish"
"""The attribute by which a filer says whether everybody may read what he wrote."""

_TOLD = {
    Level.FULL: Term("Everybody can read what you write and where it is; your name and number are covered."),
    Level.AREA: Term("Everybody can read what you write and roughly where; your name and number are covered."),
    Level.STATUS: Term("Nobody but the offices can read what you write; everybody can see that it is being worked on."),
    Level.NONE: Term("Nothing of it is published."),
}


async def list_services() -> list[dict[str, Any]]:
    """All categories of today, in the order of their codes."""
    tree = await categories()
    return [_service(each, tree) for each in tree.on(clock.today())]


async def service_definition(service_code: str) -> dict[str, Any]:
    """What a service asks. Raises ServiceUnknown (404)."""
    await service(service_code)
    asked = await asked_of(service_code)
    return {"service_code": service_code, "attributes": [_attribute(each, n) for n, each in enumerate(asked, 1)]}


async def service(service_code: str) -> CategoryRecord:
    """The category. Raises ServiceUnknown (404)."""
    found = (await categories()).get(service_code, clock.today())
    if found is None:
        raise ServiceUnknown("There is no service {service_code} today; see services.", service_code=service_code)
    return found


async def asked_of(service_code: str) -> list[Attribute]:
    """The attributes of a service: its own, and whether it may be published, where it would be."""
    return _asked(service_code, await categories())


def _asked(service_code: str, tree: Categories) -> list[Attribute]:
    own = attributes(service_code, clock.today())
    return [*own, _PUBLISH] if _level(service_code, tree) in WITH_WORDS else own


def _level(service_code: str, tree: Categories) -> Level:
    return level_of(Channel.OPEN311, service_code, categories=tree, day=clock.today())


def _service(record: CategoryRecord, tree: Categories) -> dict[str, Any]:
    above = tree.get(record.parent_code or record.code, clock.today()) or record
    return {
        "service_code": record.code,
        "service_name": _name(record),
        "description": say("{group}: {name}.", group=_name(above), name=_name(record))
        + " "
        + say(_TOLD[_level(record.code, tree)]),
        "metadata": bool(_asked(record.code, tree)),
        "type": "realtime",
        "keywords": ", ".join(dict.fromkeys([record.name_zh, record.name_en, above.name_zh, above.name_en])),
        "group": _name(above),
    }


def _name(record: CategoryRecord) -> str:
    return record.name_zh if language.get() == "zh" else record.name_en


def _attribute(each: Attribute, order: int) -> dict[str, Any]:
    chinese = language.get() == "zh"
    shown: dict[str, Any] = {
        "variable": True,
        "code": each.code,
        "datatype": each.datatype,
        "required": each.required,
        "datatype_description": each.hint_zh if chinese else each.hint_en,
        "order": order,
        "description": each.description_zh if chinese else each.description_en,
    }
    if each.choices:
        shown["values"] = [
            {"key": choice.key, "name": choice.name_zh if chinese else choice.name_en} for choice in each.choices
        ]
    return shown


_PUBLISH = Attribute(
    service_code="",
    code=PUBLISH,
    datatype="singlevaluelist",
    required=False,
    position=99,
    description_zh="大家可以看到这件事吗（不显示姓名和电话）",
    description_en="May everybody read this (without name and number)",
    hint_zh="不填就是可以",
    hint_en="not sent means yes",
    choices=(Choice("yes", "可以", "Yes"), Choice("no", "不要公开", "No, do not publish it")),
    valid_from=date(2020, 1, 1),
    valid_to=None,
    source="the rule of publication asks for a choice",
)
