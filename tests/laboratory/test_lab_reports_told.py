"""What lab_reports.md tells whoever checks a report is so: its example, its program, its fields."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from backend.laboratory import report_signing
from backend.laboratory.report_schemas import ReportVerification

TOLD = (Path(__file__).parents[2] / "mobile_api_spec" / "guide" / "lab_reports.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """What stands in the one fenced block of a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)\n```", TOLD, re.DOTALL)
    return str(found)


KEY, CONTENTS = block("key"), json.loads(block("json"))
DIGEST, SIGNATURE = block("hex").splitlines()


def test_the_worked_example_is_digested_and_signed_as_we_do_it() -> None:
    assert report_signing.canonical(CONTENTS).decode() == block("json")
    assert report_signing.digest_of(CONTENTS).hex() == DIGEST
    assert report_signing.is_genuine(bytes.fromhex(DIGEST), bytes.fromhex(SIGNATURE), public_key=bytes.fromhex(KEY))


def test_the_program_checks_the_example_and_refuses_another_content() -> None:
    program: dict[str, Any] = {}
    exec(block("python"), program)  # noqa: S102 - the page that is tested

    assert program["check"](CONTENTS, SIGNATURE, KEY) == DIGEST
    with pytest.raises(InvalidSignature):
        program["check"](CONTENTS | {"overall_says": "没有问题"}, SIGNATURE, KEY)


def test_every_field_that_it_names_is_there() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|", TOLD, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}

    assert len(named) == 6
    assert named <= set(ReportVerification.__struct_fields__)
