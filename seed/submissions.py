"""What phones sent to the demo county through ODK Collect: recorded, waiting to be put right, edited, struck out."""

from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from backend.core import clock
from backend.core.database import fetch_row
from backend.kits import lists
from backend.openrosa import actions
from backend.openrosa.instances import ROOM
from backend.openrosa.settling import settle_submission
from backend.openrosa.submission_rows import Sender
from backend.openrosa.submission_schemas import SubmissionSettlement
from backend.openrosa.words import Settling
from backend.people.sessions import actor
from backend.people.tables import Role
from seed import made_id
from seed.cast import holder

FORM = "visit"
PHOTO = Path(__file__).parent / "photos" / "culvert.jpg"
NO_SUCH_CARD = "LLM-0O7"
"""As one types it by mistake: a letter for a zero."""


def _instance(name: str) -> str:
    return f"uuid:{made_id(f'submission/{name}')}"


def _row(name: str) -> UUID:
    return uuid5(ROOM, f"{FORM}\n{_instance(name)}")


WAITING = _row("unknown card")
"""The one that demo.json names: its card has to be put right."""


async def is_there() -> bool:
    """Whether they came in: a demo of before gets them at its next start."""
    return await fetch_row("SELECT FROM openrosa_submission WHERE id = $1", _row("trial")) is not None


async def send_in() -> None:
    """Yesterday, by the first cadre's phone. Told once: what is in stays as it became."""
    versions = await lists.versions_of(FORM)
    if not versions or await is_there():
        return
    yesterday = clock.today() - timedelta(days=1)

    async def sent(
        name: str, minute: int, contact: str, findings: str, *, photo: bool = False, edits: str = ""
    ) -> None:
        at = datetime.combine(yesterday, time(9, minute), clock.SHANGHAI)
        xml = _visit(name, versions[0].version, at, contact, findings, photo=photo, edits=edits)
        with clock.stopped(at + timedelta(minutes=3)):
            by = await actor(person_id=holder(Role.CADRE).id)
            files = {"culvert.jpg": PHOTO.read_bytes} if photo else {}
            await actions.submit(xml=xml, files=files, sender=Sender(by))

    await sent("recorded", 2, _card("LLM-003"), _said("麦苗长势好，讲了冬前镇压。"))
    await sent("before", 10, _card("LLM-005"), _said("问了医保，还没缴。", topic="livelihood_security"))
    await sent(
        "edit",
        16,
        _card("LLM-005"),
        _said("问了医保，已经缴了。", topic="livelihood_security"),
        edits=_instance("before"),
    )
    await sent("unknown card", 24, _card(NO_SUCH_CARD), _said("水渠塌了一段，浇不上地。"))
    await sent("photo", 33, _village("371526999999", "东地水渠边"), _said("涵洞堵了，拍了照。"), photo=True)
    await sent("trial", 41, _card("LLM-000"), _said("试填一下"))
    said = SubmissionSettlement(outcome=Settling.STRUCK_OUT, note="试填的，不算走访")
    with clock.stopped(datetime.combine(yesterday, time(10, 20), clock.SHANGHAI)):
        supervisor = await actor(person_id=holder(Role.SUPERVISOR).id)
        await settle_submission(submission_id=_row("trial"), said=said, by=supervisor)


def _card(code: str) -> str:
    return f"<household_code>{code}</household_code><division_code/><place_note/>"


def _village(code: str, where: str) -> str:
    return f"<household_code/><division_code>{code}</division_code><place_note>{where}</place_note>"


def _said(note: str, *, topic: str = "production") -> str:
    return f"<campaign>none</campaign><topics>{topic}</topics><note>{note}</note><need_found>no</need_found>"


def _visit(
    name: str, version: str, at: datetime, contact: str, findings: str, *, photo: bool = False, edits: str = ""
) -> bytes:
    """An instance as ODK Collect writes it."""
    told = f"<orx:deprecatedID>{edits}</orx:deprecatedID>" if edits else ""
    return (
        f'<data id="{FORM}" version="{version}"><contact><channel>visit</channel>'
        f"<occurred_at>{at.isoformat(timespec='milliseconds')}</occurred_at>{contact}</contact>"
        f"<findings>{findings}</findings><photos><photo>{'culvert.jpg' if photo else ''}</photo></photos>"
        f'<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>{_instance(name)}</orx:instanceID>{told}'
        "</orx:meta></data>"
    ).encode()
