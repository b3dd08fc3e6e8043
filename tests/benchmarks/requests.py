"""The requests that are sent, as a phone would make them, each with a fresh id and a moment of its own."""

import json
import random
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import count
from typing import Any

from PIL import Image

from backend.core import clock, ids
from backend.core.paging import Position, cursor
from tests.benchmarks.county import PASSWORD, Card, County, Somebody
from tests.benchmarks.load import http
from tests.openrosa.forms import current_form

APART = timedelta(minutes=15)
NOTE = "小麦出苗齐，东头三亩低洼地有积水；机井电机坏了，浇不上水。"
BOUNDARY = "6472065c-3255-4258-ae75-be47b912d5b4"


class Diary:
    """What the cadres do next: they take turns, and each goes back in time by a quarter of an hour, house by house."""

    def __init__(self, county: County) -> None:
        self._county, self._began, self._turns = county, clock.now(), count()

    def next(self) -> tuple[Somebody, Card, datetime]:
        """Who visits whom, and when."""
        round_, place = divmod(next(self._turns), len(self._county.cadres))
        cadre = self._county.cadres[place]
        return cadre, cadre.cards[round_ % len(cadre.cards)], self._began - (round_ + 1) * APART


def visit(card: Card, at: datetime) -> dict[str, Any]:
    """A household visit with a point, a topic and a note, without photo."""
    return {
        "id": str(ids.uuid7()),
        "channel": "visit",
        "occurred_at": at.isoformat(timespec="milliseconds"),
        "household_code": card.code,
        "point": {
            "crs": "wgs84",
            "longitude": card.longitude + 0.0001,
            "latitude": card.latitude,
            "accuracy_m": 8.0,
            "fixed_at": at.isoformat(timespec="milliseconds"),
            "provider": "gps",
            "mock": False,
        },
        "topics": ["production", "planning_construction"],
        "note": NOTE,
    }


def record_visit(diary: Diary) -> bytes:
    """recordVisit."""
    cadre, card, at = diary.next()
    return http("POST", "/api/v1/visits", token=cadre.token, body=_json(visit(card, at)))


def floor(diary: Diary) -> bytes:
    """The floor, from the same people, in about as many bytes."""
    cadre, card, at = diary.next()
    row = {
        "id": str(ids.uuid7()),
        "occurred_at": at.isoformat(timespec="milliseconds"),
        "longitude": card.longitude,
        "latitude": card.latitude,
        "note": NOTE * 4,
    }
    return http("POST", "/floor", token=cadre.token, body=_json(row))


def submission(diary: Diary, *, photo: bytes = b"") -> bytes:
    """ODK Collect's: one part of XML, the key in the address; with a photo, a second part."""
    cadre, card, at = diary.next()
    form = current_form("visit")
    xml = f"""<?xml version='1.0' encoding='UTF-8' ?><data id="visit" version="{form.version}" \
xmlns:orx="http://openrosa.org/xforms"><deviceid>collect:T7mZq2VxKd0aJw4E</deviceid><contact><channel>visit</channel>\
<occurred_at>{at.isoformat(timespec="milliseconds")}</occurred_at><household_code>{card.code}</household_code>\
<division_code>{cadre.village_code}</division_code><point>{card.latitude} {card.longitude} 0.0 8.0</point></contact>\
<findings><campaign>none</campaign><topics>production planning_construction</topics><note>{NOTE}</note><companions />\
<need_found>no</need_found></findings><photos><photo>{"1.jpg" if photo else ""}</photo><photo_before /><photo_after />\
</photos>\
<meta><instanceID>uuid:{ids.uuid7()}</instanceID></meta></data>"""
    part = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="visit.xml"\r\n'
        f"Content-Type: text/xml\r\n\r\n{xml}\r\n"
    ).encode()
    if photo:
        head = 'Content-Disposition: form-data; name="1.jpg"; filename="1.jpg"\r\nContent-Type: image/jpeg'
        part += f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + photo + b"\r\n"
    part += f"--{BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "X-OpenRosa-Version": "1.0"}
    return http("POST", f"/openrosa/key/{cadre.openrosa_key}/submission", body=part, headers=headers)


def with_photo(diary: Diary) -> bytes:
    """The same with a photo of 200 KB, no two of the same bytes, so that each is stored and looked at."""
    return submission(diary, photo=_photo(next(_PHOTOS)))


_PHOTOS = count()
VIEWS = 48
"""Different pictures; each comes again under other bytes, as cadres do send them."""


@cache
def _field_photo(view: int) -> bytes:
    """About 200 KB of JPEG: clouds of its own, so that no two views look alike, under a field's noise."""
    spots = Image.frombytes("L", (8, 6), random.Random(view).randbytes(48))
    clouds = spots.resize((1600, 1200), Image.Resampling.BICUBIC)
    noise = Image.effect_noise((1600, 1200), 26)
    written = BytesIO()
    Image.blend(clouds, noise, 0.5).convert("RGB").save(written, "JPEG", quality=45)
    return written.getvalue()


def _photo(number: int) -> bytes:
    """One of the views with a comment of its own (JPEG's COM segment): other bytes, another SHA-256."""
    comment = f"{number:012}".encode()
    plain = _field_photo(number % VIEWS)
    return plain[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + plain[2:]


def batch(importer: Somebody, county: County, rows: int, *, ndjson: bool) -> bytes:
    """recordVisits: somebody's paper log, house after house along the county."""
    cards, began = county.cards, clock.now()
    logs = [_json(visit(cards[i * len(cards) // rows], began - (i + 1) * APART)) for i in range(rows)]
    body = b"\n".join(logs) + b"\n" if ndjson else b'{"visits":[' + b",".join(logs) + b"]}"
    kind = "application/x-ndjson" if ndjson else "application/json"
    headers = {"Content-Type": kind, "Accept": kind}
    return http("POST", "/api/v1/visits/batch", token=importer.token, body=body, headers=headers)


def lists(county: County) -> dict[str, bytes]:
    """Fifty visits: from the newest, from the middle of the year, and by each index."""
    cadre, supervisor = county.cadres[0], county.supervisor
    middle = cursor(Position(clock.now() - timedelta(days=210), ids.uuid7()))
    address = "/api/v1/visits?limit=50"
    return {
        "the county's newest": _get(f"{address}", supervisor),
        "the county's, a page deep in the year": _get(f"{address}&cursor={middle}", supervisor),
        "a township's newest": _get(f"{address}", county.township_supervisor),
        "a village's": _get(f"{address}&division_code={cadre.village_code}", supervisor),
        "a household's": _get(f"{address}&household_id={cadre.cards[0].id}", supervisor),
        "a cadre's own": _get(f"{address}", cadre),
    }


def my_households(county: County) -> bytes:
    """listMyHouseholds of a cadre with thirty."""
    return _get("/api/v1/my/households", county.cadres[0])


def sign_in(county: County) -> bytes:
    """signIn with phone and password."""
    body = {"phone": county.newcomer.phone, "password": PASSWORD, "device_label": "benchmark"}
    return http("POST", "/api/v1/sessions", body=_json(body))


def _get(path: str, somebody: Somebody) -> bytes:
    return http("GET", path, token=somebody.token, headers={"Accept-Encoding": "identity"})


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
