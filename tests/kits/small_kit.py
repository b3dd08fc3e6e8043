"""A small kit of the county's own, whole, in a folder that a test may spoil."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from backend.core.database import fetch
from backend.kits.checking import Checked, check
from backend.kits.lists import look_anew
from backend.kits.reading import one_folder, read
from backend.openrosa import kit_verbs  # noqa: F401 - what its form may become

KIT_TOML = """\
id = "orchard"
version = "2026112201"
roles = ["cadre", "expert"]
divisions = ["3715"]

[title]
zh = "果园"
en = "Orchards"

[forms.orchard]
verb = "recordVisit"

[forms.orchard.arguments]
channel = { value = "visit" }
occurred_at = { path = "seen/at", as = "moment" }
division_code = { path = "seen/village", unless = "seen/card" }
household_code = "seen/card"
photos = { files = { "seen/photo" = "scene" } }

[forms.orchard.arguments.needs]
each = "need"
category = "category"
description = "what"
"""

SHEET = """\
| survey |
| | type         | name     | label    |
| | begin_group  | seen     | 看到     |
| | dateTime     | at       | 时间     |
| | text         | village  | 村       |
| | text         | card     | 户卡     |
| | image        | photo    | 照片     |
| | end_group    |          |          |
| | begin_repeat | need     | 需求     |
| | select_one c | category | 类别     |
| | text         | what     | 什么事   |
| | end_repeat   |          |          |

| choices |
| | list_name | name       | label    |
| | c         | production | 生产经营 |
| | c         | other      | 其他     |

| settings |
| | form_title | form_id | version    |
| | 果园       | orchard | 2026112201 |
"""

README = """\
`seen/at` `seen/village` `seen/card` `seen/photo` `need/category` `need/what` `meta/instanceID`
"""

CARD = """\
# 苹果轮纹病
months: 6 7 8

看叶背，看果面。![病果](../media/apple.png)
"""

CHECKLIST = """\
[title]
zh = "出门前"
en = "Before setting out"

[[items]]
id = "lens"
zh = "放大镜"
en = "Lens"

[[items]]
id = "bags"
zh = "样品袋"
en = "Sample bags"
needed = true
"""

LETTER = """\
#set page(paper: "a5")
= 告知书 #sys.inputs.serial

#sys.inputs.to，请看本村 #sys.inputs.date 的通知。
"""

FILES = {
    "kit.toml": KIT_TOML,
    "README.md": README,
    "forms/orchard.md": SHEET,
    "cards/ring_rot.md": CARD,
    "checklists/before.toml": CHECKLIST,
    "letters/notice.typ": LETTER,
    "media/apple.png": "not looked into",
}


def write(folder: Path, **instead: str | None) -> Path:
    """The kit below `folder`; `instead` by path, None leaves the file out."""
    kit = folder / "orchard"
    for path, text in {**FILES, **instead}.items():
        (kit / path).unlink(missing_ok=True)
        if text is not None:
            (kit / path).parent.mkdir(parents=True, exist_ok=True)
            (kit / path).write_text(text, encoding="utf-8")
    return kit


def checked(kit: Path) -> Checked:
    """Looked over as it lies there."""
    [folder] = one_folder(kit)
    content, told = read(folder)
    return check(folder.kit_id, content, told=told)


def told(kit: Path) -> list[str]:
    """Its mistakes, as a terminal shows them."""
    return [str(mistake) for mistake in checked(kit).mistakes]


@asynccontextmanager
async def forgotten() -> AsyncIterator[None]:
    """What is published of it within is gone afterwards: kits are reference data of other tests."""
    yield
    await fetch("DELETE FROM kits_form WHERE kit IN (SELECT id FROM kits_version WHERE kit_id = 'orchard')")
    await fetch("DELETE FROM kits_version WHERE kit_id = 'orchard'")
    look_anew()
