"""What ODK Collect reads from its settings QR: one JSON object, deflated, as base64.

Source: docs.getodk.org/collect-import-export. What a code does not say goes back to Collect's own default.
"""

import io
import json
import zlib
from base64 import b64encode
from typing import Any

import segno

from backend.people.actors import Actor
from backend.people.tables import Role

Settings = dict[str, dict[str, Any]]

UPDATES = {"form_update_mode": "match_exactly", "periodic_form_updates_check": "every_one_hour"}
CLOSED = (
    *("change_server", "periodic_form_updates_check", "automatic_update", "hide_old_form_versions"),
    *("change_autosend", "delete_after_send", "instance_form_sync", "change_form_metadata", "analytics"),
)
"""What nobody changes by accident. Language, letters and colours are the owner's, and so is scanning anew."""
PNG_MODULE_PX = 8


def collect_settings(*, server_url: str, place: str, holder: Actor) -> Settings:
    """For one phone: forms fetched by themselves and kept like the server's, records sent as soon as there is signal.

    server_url   with the key in it: whoever has the code can send in its holder's name
    place        what the project is called beside 连心, where one phone serves two counties
    """
    general = {
        "server_url": server_url,
        "app_language": holder.language,
        **UPDATES,
        "autosend": "wifi_and_cellular",
        "delete_send": forgets(holder),
        "analytics": False,
    }
    return {"general": general, "admin": dict.fromkeys(CLOSED, False), "project": project(place)}


def fewest_settings(*, server_url: str, place: str) -> Settings:
    """Only what a phone cannot do without: a code of 60 columns, for a terminal."""
    general = {"server_url": server_url, "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"}
    return {"general": general, "admin": {}, "project": project(place)}


def forgets(holder: Actor) -> bool:
    """Whether what was sent leaves the phone at once: what became of a door may not outlive its round
    (field_kits/antifraud_visit). Everybody else keeps it, to look it up and to put it right."""
    return holder.has(Role.ASSISTANT)


def project(place: str) -> dict[str, str]:
    """Name and icon in Collect."""
    return {"name": f"连心 {place}".strip(), "icon": "连"}


def qr_text(settings: Settings) -> str:
    """What the QR holds."""
    packed = zlib.compress(json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    return b64encode(packed).decode()


def qr_code(text: str) -> segno.QRCode:
    """Level M: a screen with a crack in it, a card that was folded."""
    return segno.make(text, error="m", micro=False, boost_error=False)


def qr_png(text: str) -> bytes:
    """As a picture, which Collect also reads from the phone's own album."""
    out = io.BytesIO()
    qr_code(text).save(out, kind="png", scale=PNG_MODULE_PX, border=4)
    return out.getvalue()


def qr_svg(text: str) -> str:
    """To be drawn into a page."""
    return qr_code(text).svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)


def qr_drawing(text: str) -> bytes:
    """As a file of its own, to print at any size."""
    out = io.BytesIO()
    qr_code(text).save(out, kind="svg", scale=PNG_MODULE_PX, border=4, dark="#000", light="#fff")
    return out.getvalue()
