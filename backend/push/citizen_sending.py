"""The text message with a citizen's six digits: past all notices, because no table may keep its words."""

from datetime import timedelta
from uuid import UUID

import structlog

from backend.core import clock
from backend.core.cipher import SealBroken, blind_index, unseal
from backend.core.jobs import enqueue, job
from backend.core.settings import settings
from backend.push import citizen_queries as queries
from backend.push import outlets, rules
from backend.push.provider import AddressKind, Category, Outgoing, Provider, Sent, Verdict
from backend.push.wording import said

log = structlog.get_logger()

SEND = "push/citizen-code"
PHONE_COLUMN = "push_citizen_code.phone"
TEMPLATE = "citizen_code"
"""The key of the approved template, with the parameter `code`."""

AGAIN_S = 10.0
_WORDS = "{code} is your code for warnings by text message. Tell it to nobody but the desk that you asked yourself."


@job(SEND, lane="push", at_once=lambda: 4)
async def send_code(code_id: UUID) -> None:
    """Hand it over, and again as long as it counts: the same message id is the same message."""
    row, provider = await queries.code(code_id), _provider()
    if row is None or provider is None or row["valid_until"] <= clock.now():
        return
    try:
        phone = unseal(row["phone_sealed"], column=PHONE_COLUMN)
    except SealBroken:
        log.error("a number cannot be opened with this key")
        return
    ttl_s = max(1, int((row["valid_until"] - clock.now()).total_seconds()))
    (verdict,) = await provider.send([_message(code_id, phone, ttl_s)])
    await _heed(code_id, verdict)


async def _heed(code_id: UUID, verdict: Verdict) -> None:
    if verdict.sent in (Sent.RETRY_AFTER, Sent.UNKNOWN):
        await enqueue(SEND, code_id, after=timedelta(seconds=verdict.retry_after_s or AGAIN_S))
    elif verdict.sent is not Sent.ACCEPTED:
        log.warning("a code was not taken", reason=verdict.reason)


def _message(code_id: UUID, phone: str, ttl_s: int) -> Outgoing:
    code = code_of(code_id)
    return Outgoing(
        delivery_id=code_id,
        dedupe_id=rules.dedupe_id(code_id),
        kind=AddressKind.SMS,
        address=phone,
        title=said("zh", "Lianxin"),
        body=words_of(code),
        category=Category.SERVICE,
        ttl_s=ttl_s,
        template=TEMPLATE,
        parameters={"code": code},
    )


def words_of(code: str) -> str:
    """The message as it is read."""
    return said("zh", _WORDS, code=code)


def code_of(code_id: UUID) -> str:
    """Six digits that nobody guesses who has not the server's key. They follow from the id: nothing is stored."""
    return f"{int.from_bytes(blind_index(str(code_id), column='push_citizen_code.id')) % 1_000_000:06d}"


def is_possible() -> bool:
    """Whether a message goes out, or a demo shows it instead."""
    return _provider() is not None or settings().sms_stand_in


def is_stood_in_for() -> bool:
    """Whether nothing is sent and the page shows the message instead: a demo."""
    return _provider() is None and settings().sms_stand_in


def _provider() -> Provider | None:
    name = outlets.serving().get(AddressKind.SMS)
    return outlets.named(name) if name else None
