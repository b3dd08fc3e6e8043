"""What is wrong with a kit is told with file and line, all of it at once."""

import pytest

from backend.kits import verbs
from backend.kits.checking import check
from backend.kits.form_validating import can_validate
from backend.kits.reading import KIT_TOML, kit_folders, read
from backend.kits.verbs import Argument, ArgumentKind, Verb
from tests.kits import small_kit
from tests.kits.small_kit import CARD, CHECKLIST, LETTER, README, SHEET, told, write
from tests.kits.small_kit import KIT_TOML as TOML

SHIPPED = [folder for folder in kit_folders() if KIT_TOML in folder.files]


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.kit_id)
def test_a_kit_that_we_ship_has_no_mistakes(folder):
    content, told = read(folder)
    assert [str(mistake) for mistake in check(folder.kit_id, content, told=told).mistakes] == []


def test_a_kit_that_is_right_has_no_mistakes_and_becomes_its_form(tmp_path):
    checked = small_kit.checked(write(tmp_path))

    assert checked.mistakes == []
    assert [form.form_id for form in checked.forms.values()] == ["orchard"]
    assert (checked.kit.prefixes, checked.kit.months) == (["3715"], [])


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ('id = "orchard"', 'id = "orchid"', "kit.toml:1: A kit is called as its folder: orchard."),
        ('version = "2026112201"', 'version = "1.0"', "kit.toml:2: Does not have the form taken here: ^20[0-9]{8}$"),
        ('"cadre", "expert"', '"cadre", "boss"', "kit.toml:3: 'boss' is not one of the values taken here."),
        ('divisions = ["3715"]', "months = [13]", "kit.toml:4: Too large: at most 12."),
        ('divisions = ["3715"]', 'division = ["3715"]', "kit.toml:4: There is no key division here. Was divi"),
        ('en = "Orchards"', "", "kit.toml:6: en is missing."),
        ('"recordVisit"', '"recordVisits"', "kit.toml:11: There is no verb recordVisits that a form may become."),
        ('value = "visit"', 'value = "drone"', "kit.toml:14: drone is not one of: call, sms, visit, wechat."),
        ('"seen/at"', '"seen/att"', "kit.toml:15: The form has no answer seen/att. Was seen/at meant?"),
        (', as = "moment"', "", "kit.toml:15: occurred_at is read as one of: moment. Write it behind as."),
        ('as = "moment"', 'as = "monent"', "kit.toml:15: 'monent' is not one of the values taken here."),
        ('as = "moment"', 'read = "moment"', "kit.toml:15: There is no key read here."),
        ('unless = "seen/card"', 'unless = "seen/cards"', "kit.toml:16: The form has no answer seen/cards."),
        ("household_code =", "household =", "kit.toml:17: recordVisit has no argument household. It has: channel,"),
        ('"seen/photo"', '"seen/card"', "kit.toml:18: seen/card is no question whose answer is a file."),
        ('"scene" }', '"sunset" }', "kit.toml:18: sunset is not one of: after, before, scene."),
        ('{ files = { "seen/photo" = "scene" } }', '"seen/photo"', "kit.toml:18: photos is said with the key files."),
        ('each = "need"', 'each = "needs"', "kit.toml:21: The form has no repeat needs."),
        ('category = "category"', "", "kit.toml:20: needs needs category."),
        ('description = "what"', 'description = "whatever"', "kit.toml:23: The form has no answer whatever."),
        ('occurred_at = { path = "seen/at", as = "moment" }', "", "kit.toml:13: recordVisit needs occurred_at."),
        ("[forms.orchard.arguments]", "[forms.orchard.arguments", "kit.toml:13: It is not TOML:"),
        ("[forms.orchard", "[forms.garden", "kit.toml:10: No sheet of this kit has the form garden."),
        ("[forms.orchard", "[forms.garden", "kit.toml: forms/orchard.md has the form orchard: kit.toml must say"),
    ],
)  # fmt: skip
def test_a_mistake_in_kit_toml_is_told_with_its_line(tmp_path, wrong, right, says):
    assert wrong in TOML

    found = told(write(tmp_path, **{"kit.toml": TOML.replace(wrong, right)}))

    assert any(each.startswith(f"orchard/{says}") for each in found), found


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("forms/orchard.md", SHEET.replace("| image  ", "| imagine"), ", sheet survey, row 6: It cannot"),
        ("forms/orchard.md", SHEET.replace("| other  ", "| production"), ", sheet choices, row 3: It cannot"),
        ("forms/orchard.md", SHEET.replace("2026112201", "7"), ", sheet settings, row 2: The version 7"),
        ("forms/orchard.md", SHEET.replace("| 果园   ", "|    "), ", sheet settings, row 2: It cannot"),
        ("forms/second.md", SHEET, ", sheet settings, row 2: forms/orchard.md has the same form_id."),
        ("README.md", README.replace("`need/what`", ""), ": It does not tell of these answers of"),
        ("README.md", None, ": It is missing: it tells people which names must stay."),
        ("cards/ring_rot.md", CARD.replace("# ", ""), ":1: A card begins with its title"),
        ("cards/ring_rot.md", CARD.replace("轮纹病", "病" * 50), ":1: A title has at most 40"),
        ("cards/ring_rot.md", CARD.replace("6 7 8", "six"), ":2: Months are numbers"),
        ("cards/ring_rot.md", CARD.replace("apple", "pear"), ":4: It needs ../media/pear.png"),
        ("cards/ring_rot.md", CARD + "看" * 2000, ": A card has at most 2000 characters"),
        ("checklists/before.toml", CHECKLIST.replace('"lens"', '"Lens"'), ":6: Does not have the form"),
        ("checklists/before.toml", CHECKLIST.replace('en = "Lens"\n', ""), ":5: en is missing."),
        ("checklists/before.toml", CHECKLIST.replace('"bags"', '"lens"'), ":11: lens is there already."),
        ("checklists/before.toml", "title = ", ":1: It is not TOML:"),
        ("letters/notice.typ", LETTER + "#foo(1)\n", ":5: It cannot be set: unknown variable: foo."),
        ("letters/notice.typ", LETTER.replace(".serial", ".serials"), ":2: It cannot be set: dictionary does not"),
        ("letters/notice.typ", '#import "@preview/x:1.0.0": *', ":1: A letter uses no packages"),
        ("letters/notice.typ", '#read("/etc/passwd")', ":1: It cannot be set: file not found"),
        ("kit.toml", None, ": It is missing: a kit needs it."),
        ("cards/ring rot.md", CARD, ": A file's name has letters, digits and _ - . only"),
        ("notes.docx", "…", ": A kit holds no such file. It holds: kit.toml, README.md, forms/*.xlsx,"),
        ("cards/long.md", "# 长\n" + "a" * 20000, ": It has 20 KB; at most 16 KB are taken."),
    ],
)  # fmt: skip
def test_a_mistake_in_any_other_file_is_told_too(tmp_path, path, text, says):
    found = told(write(tmp_path, **{path: text}))

    assert any(each.startswith(f"orchard/{path}{says}") for each in found), found


def test_every_mistake_is_told_at_once(tmp_path):
    kit = write(
        tmp_path,
        **{
            "kit.toml": TOML.replace('"visit" }', '"drone" }').replace('"seen/at"', '"seen/now"'),
            "cards/ring_rot.md": CARD.replace("# ", "").replace("6 7 8", "six"),
            "letters/notice.typ": LETTER + "#foo(1)\n#bar\n#(1+\n",
        },
    )

    assert [each.split(": ")[0] for each in told(kit)] == [
        "orchard/cards/ring_rot.md:1",
        "orchard/cards/ring_rot.md:2",
        "orchard/kit.toml:14",
        "orchard/kit.toml:15",
        "orchard/letters/notice.typ:7",
        "orchard/letters/notice.typ:7",
    ]


def test_a_form_needs_the_files_that_it_shows(tmp_path):
    shown = SHEET.replace("| label    |", "| label | image |", 1).replace("| 时间     |", "| 时间 | apple.png |")
    kit = write(tmp_path, **{"forms/orchard.md": shown})
    assert told(kit) == []

    (kit / "media" / "apple.png").unlink()

    assert "orchard/forms/orchard.md: It needs media/apple.png, which the kit does not hold." in told(kit)


def test_a_repeat_may_have_photos_of_its_own(tmp_path, monkeypatch):
    sheet = SHEET.replace("| | end_repeat ", "| | image | shown | 照片 |\n| | end_repeat ")
    within = 'description = "what"\nphoto = {{ files = {{ "{}" = "" }} }}'
    fields = {"description": Argument(kind=ArgumentKind.TEXT), "photo": Argument(kind=ArgumentKind.FILES)}
    verb = Verb("takeNeeds", {"needs": Argument(kind=ArgumentKind.ROWS, fields=fields)})
    monkeypatch.setitem(verbs._OFFERED, verb.name, verb)
    begins, ends = TOML.index("[forms.orchard.arguments]"), TOML.index("[forms.orchard.arguments.needs]")
    toml = (TOML[:begins] + TOML[ends:]).replace("recordVisit", "takeNeeds").replace('category = "category"\n', "")
    files = {"forms/orchard.md": sheet, "README.md": README + "`need/shown`"}

    right = write(tmp_path, **files, **{"kit.toml": toml.replace('description = "what"', within.format("shown"))})
    assert told(right) == []

    wrong = write(tmp_path, **files, **{"kit.toml": toml.replace('description = "what"', within.format("what"))})
    assert told(wrong) == ["orchard/kit.toml:16: what is no question whose answer is a file."]


def test_a_question_that_a_county_adds_needs_nothing_else(tmp_path):
    added = SHEET.replace("| | end_group ", "| | text | weather | 天气 |\n| | end_group ")

    assert told(write(tmp_path, **{"forms/orchard.md": added})) == []


def test_a_link_is_never_followed(tmp_path):
    kit = write(tmp_path)
    (kit / "cards" / "secret.md").symlink_to("/etc/passwd")

    assert told(kit) == ["orchard/cards/secret.md: It is a link. Put the file itself there."]


def test_what_editors_leave_behind_is_no_mistake(tmp_path):
    kit = write(tmp_path)
    for litter in (".DS_Store", "~$orchard.xlsx", "Thumbs.db"):
        (kit / "forms" / litter).write_bytes(b"x")

    assert told(kit) == []


def test_a_readme_changes_no_version(tmp_path):
    before = small_kit.checked(write(tmp_path)).kit.digest

    assert small_kit.checked(write(tmp_path, **{"README.md": README + "more"})).kit.digest == before
    assert small_kit.checked(write(tmp_path, **{"cards/ring_rot.md": CARD + "more"})).kit.digest != before


def test_odk_validate_is_asked_where_there_is_java(tmp_path):
    if not can_validate():
        pytest.skip("NO JAVA HERE: ODK Validate did not look at the form")
    broken = SHEET.replace("| label    |", "| label | relevant |", 1).replace("| 户卡     |", "| 户卡 | 1 +* 2 |")
    [folder] = small_kit.one_folder(write(tmp_path, **{"forms/orchard.md": broken}))
    content, _ = read(folder)

    found = [str(each) for each in check(folder.kit_id, content, validate=True).mistakes]

    assert any("orchard/forms/orchard.md: ODK Validate says:" in each for each in found), found
