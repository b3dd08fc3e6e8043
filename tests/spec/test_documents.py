"""What the documents say is so: rooms, commands, addresses, pictures."""

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

from backend.core.settings import Settings

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
OPERATING = ("OPERATING.md", "OPERATING.zh-CN.md")
OTHERS_NAMES = {"HTTPS_PROXY", "NAME_FILE", "WORK"}
"""Of other programs, of Huawei, and of the example: a file that holds a secret."""


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_tour_names_the_rooms_in_the_order_that_the_linter_holds() -> None:
    contract = ConfigParser()
    contract.read(ROOT / ".importlinter")
    layers = contract["importlinter:contract:rooms"]["layers"].replace("backend.", "").split("\n")
    held = [" · ".join(layer.split(" | ")) for layer in layers if layer]

    told = re.findall(r"```\n(cli\n.*?)```", read("ARCHITECTURE.md"), re.DOTALL)[0].split("\n")

    assert [line for line in told if line] == held


@pytest.mark.parametrize("name", READMES)
def test_a_readme_opens_with_the_two_commands_and_a_picture_that_is_there(name: str) -> None:
    text = read(name)

    assert text.index("make run") < text.index("make test") < text.index("![")
    for picture in re.findall(r"\]\((seed/[^)]+)\)|src=\"(seed/[^\"]+)\"", text):
        assert (ROOT / "".join(picture)).is_file()


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_that_a_document_names_is_there(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+)", read(name) + read("CONTRIBUTING.md")))

    assert named - {"sure"} <= targets


def test_a_readme_needs_two_commands() -> None:
    assert re.findall(r"```\n.*?```", read("README.md"), re.DOTALL)[0].count("make") == 2


@pytest.mark.parametrize("names", [READMES, OPERATING], ids=["readme", "operating"])
def test_both_languages_say_the_same(names: tuple[str, str]) -> None:
    english, chinese = (read(name) for name in names)

    for pattern in (
        r"`/[a-z./_-]+`",
        r"`[A-Z_]{5,}`",
        r"\(`[a-z_]+_url`\)|（`[a-z_]+_url`）",
        r"^## ",
        r"^\| ",
        r"\n- \*\*",
    ):
        assert len(re.findall(pattern, english, re.MULTILINE)) == len(re.findall(pattern, chinese, re.MULTILINE)), (
            pattern
        )


@pytest.mark.parametrize("name", OPERATING)
def test_every_setting_that_is_named_is_one(name: str) -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})`", read(name)))
    settings = {field.upper() for field in Settings.__struct_fields__}

    assert {each.removesuffix("_FILE") for each in named - OTHERS_NAMES} <= settings


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md", *READMES, *OPERATING])
def test_every_file_that_a_document_names_is_there(name: str) -> None:
    for path in re.findall(r"`((?:backend|tests|seed|field_kits|mobile_api_spec)/[\w./-]*)`", read(name)):
        assert (ROOT / path).exists(), path


def test_the_modules_that_the_tour_says_to_read_first_are_there() -> None:
    for room, modules in re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]+) \|$", read("ARCHITECTURE.md"), re.MULTILINE):
        for module in re.findall(r"`(\w+\.py)`", modules):
            assert (ROOT / "backend" / room / module).is_file(), (room, module)
