"""Turning a template into an answer: language, today's words, and a strict content policy."""

import hashlib
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
from babel.dates import format_date, format_datetime
from litestar import MediaType, Response
from xstatic.pkg import leaflet, leaflet_markercluster

from backend.console.bar import bar_of
from backend.core import clock, words
from backend.core.settings import settings
from backend.people.actors import Actor

FOLDER = Path(__file__).parent
LEAFLET = f"/console/leaflet/{leaflet.PACKAGE_VERSION}-{leaflet_markercluster.PACKAGE_VERSION}"


def page(template: str, /, *, by: Actor | None = None, status: int = 200, **context: Any) -> Response[str]:
    """One page as an answer. `by` is whoever is signed in; it decides what the top bar offers."""
    html = _environment(words.language.get()).get_template(template).render(by=by, **context)
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=_headers())


@cache
def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}  # Chinese in half the bytes
    environment.install_gettext_translations(words.translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {"day": _day, "weekday": _weekday, "moment": moment, "metres": metres}
    environment.globals |= {
        "language": language,
        "now": clock.now,
        "done_and_came": done_and_came,
        "static": static_path(),
        "leaflet": LEAFLET,
        "bar_of": bar_of,
    }
    return environment


def _day(value: date | datetime) -> str:
    local = clock.local(value) if isinstance(value, datetime) else value
    return format_date(local, "medium", locale=words.language.get())


def _weekday(value: date) -> str:
    pattern = "M月d日 EEEE" if words.language.get() == "zh" else "EEEE, d MMMM"
    return format_date(value, pattern, locale=words.language.get())


def moment(value: datetime) -> str:
    """A moment as one says it this year: 11月20日 09:30."""
    pattern = "M月d日 HH:mm" if words.language.get() == "zh" else "d MMM HH:mm"
    return format_datetime(clock.local(value), pattern, locale=words.language.get())


def done_and_came(done_at: datetime | None, came_at: datetime) -> str:
    """When something was done, and when it came here where that was more than an hour later."""
    if done_at is None or came_at - done_at <= SOON:
        return moment(done_at or came_at)
    return words.say("{done} (sent in {came})", done=moment(done_at), came=moment(came_at))


SOON = timedelta(hours=1)


def metres(value: float) -> str:
    """A distance as one says it: 80 m, 1.4 km."""
    if value < 1000:
        return words.say("{n} m", n=round(value / 10) * 10 if value >= 100 else round(value))
    return words.say("{n} km", n=f"{value / 1000:.1f}")


@cache
def static_path() -> str:
    """Where styles and scripts lie. It changes when one of them does, on every node alike, so that phones may keep them
    for a year; what a script imports lies beside it, and changes along.
    """
    content = hashlib.sha256()
    for path in sorted((FOLDER / "static").iterdir()):
        content.update(path.read_bytes())
    return f"/console/static/{content.hexdigest()[:12]}"


def _headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": _policy(),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Vary": "Accept-Language, Cookie",
    }


@cache
def _policy() -> str:
    tiles = urlsplit(settings().tiles_url.replace("{s}", "*"))
    images = f" {tiles.scheme}://{tiles.netloc}" if tiles.netloc else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:{images}; "
        "media-src 'self' blob:; connect-src 'self'; font-src 'self' data:; form-action 'self'; manifest-src 'self'; "
        "worker-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
