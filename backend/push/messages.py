"""What a provider is handed: a notice's words as far as they may be shown, and ids; nothing about a person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from backend.core import clock
from backend.core.cipher import SealBroken, unseal
from backend.push import rules
from backend.push.provider import AddressKind, Category, Outgoing
from backend.push.states import SubjectKind
from backend.push.wording import Text, said, shown

log = structlog.get_logger()

Row = Mapping[str, Any]

ADDRESS_COLUMN = "push_address.value"
TTL_S = 86_400
STOP = " To stop answer TD"


def message(row: Row, notice: Row) -> Outgoing:
    """What goes to the provider for a claimed delivery of a notice."""
    words = shown(text_of(notice), language=row["language"] or "zh", exercise=notice["exercise"])
    kind = AddressKind(row["kind"]) if row["kind"] else AddressKind.FCM_TOPIC
    category = Category(notice["category"])
    link = None if notice["no_links"] and kind is AddressKind.SMS else notice["link"]
    body = words.body + (said(row["language"], STOP) if _may_be_stopped(kind, row, notice) else "")
    return Outgoing(
        delivery_id=row["id"],
        dedupe_id=rules.dedupe_id(row["id"]),
        kind=kind,
        address=row["topic"] or _opened(row["value_sealed"]),
        title=words.title,
        body=body,
        category=category,
        link=link,
        data=rules.data_of(notice_id=notice["id"], delivery_id=row["id"], category=category, link=link),
        collapse_key=notice["id"].hex,
        ttl_s=_ttl_s(notice["expires_at"]),
        template=f"notice_{category.value}",
        parameters={"title": words.title, "text": body},
    )


def _may_be_stopped(kind: AddressKind, row: Row, notice: Row) -> bool:
    """A text message to many says how to stop it; in words, for a link is what fraud warnings warn of."""
    to_citizens = row["subject_kind"] in (SubjectKind.CITIZEN, SubjectKind.HOUSEHOLD)
    return kind is AddressKind.SMS and to_citizens and notice["public"] and notice["campaign_state"] is not None


def _opened(sealed: bytes) -> str:
    try:
        return unseal(sealed, column=ADDRESS_COLUMN)
    except SealBroken:
        log.error("an address cannot be opened with this key")
        return ""


def _ttl_s(expires_at: datetime | None) -> int:
    return TTL_S if expires_at is None else max(1, min(TTL_S, int((expires_at - clock.now()).total_seconds())))


def text_of(notice: Row) -> Text:
    """The words of a notice's row."""
    return Text(
        zh=notice["text_zh"],
        en=notice["text_en"],
        voice_zh=notice["voice_zh"],
        title_zh=notice["title_zh"],
        title_en=notice["title_en"],
        public=notice["public"],
    )
