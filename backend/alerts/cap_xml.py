"""A message as CAP 1.2 XML, and XML as a message: what goes out can be read back, and nothing is lost on the way."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from backend.alerts.messages import AlertMessage, Area, Position, Reference
from backend.alerts.words import (
    AlertCategory,
    AlertCertainty,
    AlertColour,
    AlertScope,
    AlertSeverity,
    AlertStatus,
    AlertUrgency,
    MessageType,
)
from backend.core.clock import SHANGHAI

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"
GEOCODE_NAME = "GB/T 2260"
PARAMETERS = {"colour": "ColorCode", "say_on_phone": "SayOnPhone", "fraud_type": "FraudType"}
"""What CAP has no element for; the colour under the name that Chinese feeds use."""
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)

Told = tuple[str, "str | list[Told] | None"]
"""An element's name with its text or its children; null: it is left out."""


class NotCap(ValueError):
    """The XML is no CAP 1.2 message that we could have sent; the message says why."""


def written(message: AlertMessage) -> bytes:
    """The message as a document; elements in the order of the schema."""
    alert = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    _add(alert, list(_frame(message)))
    return etree.tostring(alert, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _frame(message: AlertMessage) -> Iterator[Told]:
    yield "identifier", message.identifier
    yield "sender", message.sender
    yield "sent", _moment(message.sent)
    yield "status", message.status
    yield "msgType", message.type
    yield "scope", message.scope
    yield "restriction", message.restriction
    yield "note", message.note
    yield "references", " ".join(f"{each.sender},{each.identifier},{_moment(each.sent)}" for each in message.references)
    yield "info", list(_info(message))


def _info(message: AlertMessage) -> Iterator[Told]:
    yield "language", message.language
    yield "category", message.category
    yield "event", message.event
    yield "urgency", message.urgency
    yield "severity", message.severity
    yield "certainty", message.certainty
    yield "audience", message.audience
    yield "effective", _moment(message.effective)
    yield "onset", _moment(message.onset)
    yield "expires", _moment(message.expires)
    yield "senderName", message.sender_name
    yield "headline", message.headline
    yield "description", message.description
    yield "instruction", message.instruction
    yield "contact", message.contact
    for field, name in PARAMETERS.items():
        if said := getattr(message, field):
            yield "parameter", [("valueName", name), ("value", str(said))]
    for area in message.areas:
        yield "area", list(_area(area))


def _area(area: Area) -> Iterator[Told]:
    yield "areaDesc", area.description
    if area.polygon:
        yield "polygon", " ".join(map(_position, area.polygon))
    if area.circle:
        yield "circle", f"{_position(area.circle[0])} {area.circle[1]:g}"
    for code in area.geocodes:
        yield "geocode", [("valueName", GEOCODE_NAME), ("value", code)]


def _add(parent: Any, told: list[Told]) -> None:
    for name, said in told:
        if not said:
            continue
        child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
        if isinstance(said, str):
            child.text = str(said)
        else:
            _add(child, said)


def _moment(at: datetime | None) -> str | None:
    """CAP wants whole seconds and a numeric offset (3.3.2)."""
    return at.astimezone(SHANGHAI).replace(microsecond=0).isoformat() if at else None


def _position(position: Position) -> str:
    """CAP says latitude first."""
    return f"{position[1]:.6f},{position[0]:.6f}"


def read(content: bytes) -> AlertMessage:
    """The message of a document of one `info`. Raises NotCap."""
    try:
        alert = etree.fromstring(content, parser=_PARSER)
    except etree.XMLSyntaxError as error:
        raise NotCap(str(error)) from error
    if alert.tag != f"{{{NAMESPACE}}}alert":
        raise NotCap(f"The root is {alert.tag}")
    infos = alert.findall(_name("info"))
    if len(infos) != 1:
        raise NotCap(f"There are {len(infos)} info elements")
    try:
        return _message(alert, infos[0])
    except (KeyError, ValueError) as error:
        raise NotCap(str(error)) from error


def _name(text: str) -> str:
    return f"{{{NAMESPACE}}}{text}"


def _message(alert: Any, info: Any) -> AlertMessage:
    more = {_text(each, "valueName"): _text(each, "value") for each in info.findall(_name("parameter"))}
    colour = more.get(PARAMETERS["colour"])
    return AlertMessage(
        identifier=_said(alert, "identifier"),
        sender=_said(alert, "sender"),
        sent=_at(alert, "sent"),
        status=AlertStatus(_said(alert, "status")),
        type=MessageType(_said(alert, "msgType")),
        scope=AlertScope(_said(alert, "scope")),
        restriction=_text(alert, "restriction"),
        references=tuple(_references(_text(alert, "references") or "")),
        note=_text(alert, "note"),
        language=_text(info, "language") or "en-US",
        category=AlertCategory(_said(info, "category")),
        event=_said(info, "event"),
        urgency=AlertUrgency(_said(info, "urgency")),
        severity=AlertSeverity(_said(info, "severity")),
        certainty=AlertCertainty(_said(info, "certainty")),
        colour=AlertColour(colour) if colour else None,
        audience=_text(info, "audience"),
        effective=_at_or_none(info, "effective"),
        onset=_at_or_none(info, "onset"),
        expires=_at(info, "expires"),
        sender_name=_said(info, "senderName"),
        headline=_said(info, "headline"),
        description=_said(info, "description"),
        instruction=_said(info, "instruction"),
        say_on_phone=more.get(PARAMETERS["say_on_phone"]),
        fraud_type=more.get(PARAMETERS["fraud_type"]),
        contact=_text(info, "contact"),
        areas=tuple(map(_area_of, info.findall(_name("area")))),
    )


def _area_of(area: Any) -> Area:
    corners, circle = _text(area, "polygon"), _text(area, "circle")
    centre, _, radius = (circle or "").partition(" ")
    return Area(
        description=_said(area, "areaDesc"),
        geocodes=tuple(_said(each, "value") for each in area.findall(_name("geocode"))),
        polygon=tuple(map(_place, corners.split())) if corners else (),
        circle=(_place(centre), float(radius)) if circle else None,
    )


def _references(text: str) -> Iterator[Reference]:
    for each in text.split():
        sender, identifier, sent = each.split(",")
        yield Reference(sender, identifier, datetime.fromisoformat(sent))


def _place(text: str) -> Position:
    latitude, longitude = text.split(",")
    return float(longitude), float(latitude)


def _text(parent: Any, name: str) -> str | None:
    found: str | None = parent.findtext(_name(name))
    return found


def _said(parent: Any, name: str) -> str:
    found = _text(parent, name)
    if not found:
        raise KeyError(f"{name} is missing")
    return found


def _at(parent: Any, name: str) -> datetime:
    return datetime.fromisoformat(_said(parent, name))


def _at_or_none(parent: Any, name: str) -> datetime | None:
    found = _text(parent, name)
    return datetime.fromisoformat(found) if found else None
