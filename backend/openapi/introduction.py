"""What the document says once for all operations: how to sign in, ids, lists, refusals; rooms; security schemes."""

from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, License, SecurityScheme, Server, Tag

from backend.core.problems import TYPE_PREFIX
from backend.media import openers
from backend.openapi import Document, refusals
from backend.people.guards import SESSION_COOKIE

_WORDS = """\
Village field work: visits, photos, needs, diagnoses, test records, warnings, a hotline. The guide is at [/docs](/docs).

## Signing in
`signIn` answers with an access token, sent as `Authorization: Bearer …`, and a refresh token that `refreshToken` takes
once. Operations without a lock ask for no token.

## Ids and repeats
The maker of a record makes its id: a UUID, version 7 ([RFC 9562](https://www.rfc-editor.org/rfc/rfc9562)) where it can.
Every create may be sent again: 201 the first time; 200 with the record as it is now for the same id with the same
content; 409 for the same id with other content. Where a request names no id, send an `Idempotency-Key`: one word of
your own for each thing you want done, the same at every try. 2xx means that it is on disk. More:
[offline](/docs/offline).

## Lists and pages
A list answers `{"items": […], "next_cursor": …}`. Pass `next_cursor` back as `cursor`, with the same filters, until it
is null. A cursor is opaque; rows that come in while you read are neither skipped nor told twice.
More: [lists](/docs/lists).

## Times and places
A time is [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) with an offset; one without is refused. A point says its
`crs`: `wgs84`, `gcj02` or `bd09`.

## Refusals
A refusal is `application/problem+json` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): show `detail`, decide by
`code`, mark fields by `errors[].pointer`. Chinese unless `Accept-Language: en`. Every code is in
[/docs/problems](/docs/problems) and in `problems.json` beside this document. A batch never fails whole: each row of
its answer has an `outcome` of its own.

An operation lists its own refusals under its answers, and as `x-problems` by status; what each means is at
[/docs/operations](/docs/operations). They are those that our tests have seen: there may be more, so go by the status
of a code that you do not know. Any operation may refuse with these:

{shared}

## Changes
Adding is free: ignore members that you do not know, and have an answer for a word of an enumeration that is new to
you. What is removed is first marked `deprecated`, with a `Sunset` date half a year ahead; see `CHANGELOG.md` beside
this document.
"""

_SHARED = "\n".join(f"- [`{code}`]({TYPE_PREFIX}{code}): {why}" for code, why in refusals.told().shared.items())
DESCRIPTION = _WORDS.replace("{shared}", _SHARED)

TAGS = {
    "core": "Whether the server lives, and its numbers.",
    "territory": "Divisions from province to grid cell, and what is near a point.",
    "people": "Signing in, devices, access keys, households, consent, and who read what.",
    "media": "Photos, voice notes and documents: one at a time, or resumable by tus 1.0.0.",
    "tasks": "What one person is asked to do by when, whichever room asks.",
    "push": "Notices, every way to a person, receipts, groups; citizens' text messages.",
    "rosters": "Who is on duty where and when; swapping, leave, calendars for a phone.",
    "stations": "Stations and studios: opening hours, grid services, market days, stalls.",
    "kits": "Forms and cards that a phone carries offline, published in versions.",
    "deadlines": "By when something must be done, and why; policies and working calendars.",
    "cases": "One spine for every request: received, dispatched, resolved, answered, evaluated.",
    "alerts": "Public warnings (CAP 1.2), each seen by two people before it goes out.",
    "visits": "Contacts with households, needs handed up, coverage, spot checks.",
    "diagnosis": "A farmer shows what his crop has and hears from a named expert.",
    "laboratory": "Samples, instruments, results judged by dated limits, reports, advice on fertiliser.",
    "hotline": "Calls and texts, ringing back, other lines, firms, pledges, surveys.",
    "antifraud": "Warnings that somebody acts on, rounds from door to door, letters, talks, figures.",
    "sync": "For apps: what changed since a cursor, what was done offline, two changes of one field.",
    "openrosa": "ODK Collect: forms and submissions as OpenRosa has them, refusals too.",
    "submissions": "What phones sent through OpenRosa, what waits and why; phones and their keys.",
    "open311": "Open311 GeoReport v2 for other systems. Posts carry an `api_key` (from `openPartner`) in their form, "
    "never in an address, where it would be logged; refusals are GeoReport's.",
    "partners": "Other systems: their keys, what they are sent by signed webhooks, and each delivery.",
    "feeds": "What others subscribe to in their own standards: OGC API Features, CAP, iCalendar.",
}
"""Tag: what is under it."""

SCHEMES = {
    "bearer": SecurityScheme(
        type="http", scheme="bearer", bearer_format="JWT", description="the access token of `signIn` or `refreshToken`"
    ),
    "session": SecurityScheme(
        type="apiKey",
        name=SESSION_COOKIE,
        security_scheme_in="cookie",
        description="a browser signed in on the console's pages. What writes must come from our own pages: a request "
        "that another site makes a browser send is refused with 403",
    ),
    "basic": SecurityScheme(
        type="http",
        scheme="basic",
        description="OpenRosa only, over HTTPS: the phone number and password of `signIn`. A phone that was set up by "
        "QR (`issueCollectKey`) has its key in the address instead: /openrosa/key/{key}/formList and so on",
    ),
    "upload_opener": SecurityScheme(
        type="apiKey",
        name=openers.HEADER,
        security_scheme_in="header",
        description="for uploads only, in place of a sign-in: `station` and the code from a station's QR. "
        "It goes with every request for the upload",
    ),
    "signed_webhook": SecurityScheme(
        type="apiKey",
        name="webhook-signature",
        security_scheme_in="header",
        description="Standard Webhooks (standardwebhooks.com): `v1,` and the Base64 of HMAC-SHA256 under the system's "
        "secret over `{webhook-id}.{webhook-timestamp}.{body}`, within five minutes of our clock",
    ),
}


def config(version: str) -> OpenAPIConfig:
    """What Litestar is told of the document."""
    return OpenAPIConfig(
        title="Lianxin 连心",
        version=version,
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        servers=[Server(url="/", description="the server that this document came from")],
        tags=[Tag(name=name, description=description) for name, description in TAGS.items()],
        path="/schema",
        render_plugins=[Document()],
        components=Components(security_schemes=dict(SCHEMES)),
        security=[{"bearer": []}, {"session": []}],
        use_handler_docstrings=True,
    )
