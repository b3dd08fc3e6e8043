"""A warning at two in the morning: posted, rung, not heard, handed on, called, visited, ended; and forgotten."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from backend.antifraud import day_keys, escalating, payloads, purging, visitor_checking
from backend.core import cipher, ids
from backend.core.database import fetch
from backend.core.settings import settings
from backend.people.retention import run_retention
from tests.antifraud.centre import HOME, KNOWN, NAME, PHONE, Centre
from tests.journeys.night import Night, token

NOTE = "祝女士已挂断假客服的电话"
PERSONAL = (NAME, PHONE, HOME, KNOWN, NOTE, "YJ-0001")
STATION = "梁村派出所"
WARNINGS = "/antifraud/warnings"


@pytest.fixture
async def centre(night: Night) -> Centre:
    """A police centre beside the night's desk; assistant and night shift have phones."""
    made = await Centre.open(night.cast)
    visitor_checking.kept.forget()
    for who in (made.assistant, made.night):
        await night.post(who, "/push-addresses", {"kind": "fcm_token", "value": token(who)})
    return made


async def test_a_warning_is_acted_on_and_thirty_days_later_nobody_can_tell_whom_it_was_about(
    night: Night, centre: Centre, capsys: pytest.CaptureFixture[str]
):
    warning = await _post(night, centre)
    await night.work()
    assert len(night.rung(centre.assistant)) == 1, "the village's assistant, on his handset"

    with night.later(minutes=5):
        await escalating.escalate(warning)
        await night.work()
        assert len(night.rung(centre.night)) == 1, "nobody took it for five minutes: the next on duty"
        (mine,) = await night.get(centre.night, f"{WARNINGS}/mine")
        assert mine["hand_overs"] == 1
        await night.post(centre.night, f"{WARNINGS}/{warning}/acknowledgement")

    with night.later(minutes=7):
        told = await night.get(centre.night, f"{WARNINGS}/{warning}")
        assert told["person"]["phone"] == PHONE
        await night.post(centre.night, f"{WARNINGS}/{warning}/attempts", {"how": "call", "reached": False})

    with night.later(minutes=25):
        await _check_the_visitor(night, centre)
        visit = {"id": str(ids.uuid7()), "how": "visit", "reached": True, "note": NOTE}
        await night.post(centre.night, f"{WARNINGS}/{warning}/attempts", visit)
        ended = await night.post(centre.night, f"{WARNINGS}/{warning}/closure", {"outcome": "transfer_stopped"})
        assert ended["answered_meet_at"] <= ended["due_meet_at"]
        assert ended["answered_call_at"] <= ended["due_call_at"]
        rung = len(night.ways.app.sent)

    with night.later(hours=1):
        await night.minute_passes()
        assert len(night.ways.app.sent) == rung, "nothing rings any more"
        backup = await _everything_sealed()
        assert await _opened(backup) == {NAME, NOTE}, "a backup opens while the key is there"

    with night.later(days=31):
        await purging.destroy_keys()
        await run_retention()
        assert await _opened(backup) == set(), "the same backup, after the key was destroyed"
        assert await _opened(await _everything_sealed()) == set()
        read = await night.get(centre.night, f"{WARNINGS}/{warning}")
        assert (read["person"], [each["note"] for each in read["attempts"]]) == (None, [None, None])
        assert read["warning"]["outcome"] == "transfer_stopped"
        purge = (await night.get(centre.supervisor, "/antifraud/purges"))[0]
        assert (purge["key_day"], purge["warnings"], purge["attempts"]) == ("2026-11-24", 1, 2)

    await fetch("CHECKPOINT")
    control = set() if os.environ.get("TEST_DATABASE_URL") else {STATION}
    assert _found_on_disk() == control, "what names nobody lies there readable; what names somebody never did"
    assert [each for each in PERSONAL if each in str(night.ways.app.sent)] == []
    printed = capsys.readouterr()
    assert [each for each in PERSONAL if each in printed.out + printed.err] == []


async def test_what_is_forged_late_or_said_before_changes_nothing(night: Night, centre: Centre):
    warning = await _post(night, centre)
    path, body = f"{WARNINGS}/posts/{centre.source_id}", centre.said()
    recorded = centre.signed(body)
    forged = centre.signed(centre.said("YJ-0002"), secret="whsec_" + "QUFB" * 8)

    again = await _send(night, path, body, recorded)
    assert (again.status_code, again.json()["id"]) == (200, warning), "duplicated"
    retried = await _send(night, path, body, centre.signed(body, message_id="msg-2"))
    assert (retried.status_code, retried.json()["id"]) == (200, warning)
    assert (await _send(night, path, centre.said("YJ-0002"), forged)).status_code == 401
    assert (await _send(night, path, centre.said("YJ-0003"), recorded)).status_code == 401, (
        "a signature of another body"
    )
    with night.later(minutes=6):
        late = await _send(night, path, body, recorded)
        assert (late.status_code, late.json()["reason"]) == (401, "not_timely"), "replayed, late"
    await night.work()
    assert len(night.rung(centre.assistant)) == 1
    (counted,) = await fetch("SELECT count(*) AS n FROM antifraud_warning")
    assert counted["n"] == 1


async def _send(night: Night, path: str, body: bytes, headers: dict[str, str]) -> Any:
    return await night.client.post(f"/api/v1{path}", content=body, headers=headers)


async def _post(night: Night, centre: Centre) -> str:
    body = centre.said()
    answer = await _send(night, f"{WARNINGS}/posts/{centre.source_id}", body, centre.signed(body))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _check_the_visitor(night: Night, centre: Centre) -> None:
    """Whoever comes says his code; the citizen looks it up at the address on the board."""
    card = {"person_id": str(centre.assistant.person_id), "unit_id": str(centre.station)}
    await night.post(centre.supervisor, "/antifraud/visitor-cards", card)
    code = (await night.get(centre.assistant, "/my/visitor-code"))["code"]
    checked = (await night.client.get(f"/api/v1/antifraud/visitors/{code}")).json()
    assert (checked["name"], checked["unit_name"]) == (centre.assistant.name, STATION)


async def _everything_sealed() -> list[tuple[bytes, str]]:
    """What a dump of the database holds of it, and what each was sealed for."""
    persons = await fetch("SELECT payload_sealed AS sealed FROM antifraud_warning WHERE payload_sealed IS NOT NULL")
    notes = await fetch("SELECT note_sealed AS sealed FROM antifraud_attempt WHERE note_sealed IS NOT NULL")
    return [(row["sealed"], payloads.PERSON) for row in persons] + [(row["sealed"], payloads.NOTE) for row in notes]


async def _opened(dump: list[tuple[bytes, str]]) -> set[str]:
    """Which of the words every key that still exists anywhere brings to light."""
    keys = [key for day in await day_keys.days_with_keys() if (key := await _as_a_thief(day))]
    plain = "".join(text for sealed, purpose in dump for key in keys for text in _tried(sealed, key, purpose))
    return {each for each in (NAME, NOTE) if each in plain}


async def _as_a_thief(day: Any) -> bytes | None:
    """With the field key at hand and no rule about days."""
    file = _keys() / day.isoformat()
    return cipher.open_key(file.read_bytes(), purpose=day_keys.PURPOSE.format(day=day)) if file.exists() else None


def _tried(sealed: bytes, key: bytes, purpose: str) -> Iterator[str]:
    try:
        yield cipher.unseal_bytes(sealed, key=key, purpose=purpose).decode()
    except cipher.SealBroken:
        return


def _keys() -> Path:
    return Path(settings().warning_keys.removeprefix("file://")) / "days"


def _found_on_disk() -> set[str]:
    """What lies readable in any file of ours: database, its write-ahead log, objects, keys."""
    words = {each: each.encode() for each in (*PERSONAL, STATION)}
    found = set()
    for folder, _, names in os.walk(settings().lianxin_data, followlinks=True):
        for file in (Path(folder) / name for name in names):
            with suppress(OSError):  # the database takes files away while we look
                content = file.read_bytes() if file.is_file() else b""
                found |= {word for word, bytes_ in words.items() if bytes_ in content}
    return found
