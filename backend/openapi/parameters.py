"""A description for each parameter that its route leaves bare: the same name means the same thing everywhere."""

from typing import Any

SAID = {
    "Idempotency-Key": "A word of your own for this one request, up to 200 characters; sent again with it, the request "
    "is answered as the first time. See Ids and repeats, above.",
    "If-Match": "The version that was read, in quotes, as ETag told it; 409 where the record has moved on",
    "cursor": "`next_cursor` of the page before; none for the first",
    "limit": "How many rows at most",
    "answered_in_time": "true: answered within its deadline; false: later; with answered_from and answered_to",
    "assignee": "whose, by the person's id",
    "campaign_code": "of this round of visits",
    "category_code": "of this category (`listCaseCategories`)",
    "channel": "by which way it came",
    "code": "its code",
    "collection_id": "the collection, by its name in `getCollections`",
    "condition": "of this condition (`listConditions`)",
    "counting": "true: without the revoked ones",
    "crop": "of this crop (`listCrops`)",
    "crop_code": "of this crop (`listCrops`)",
    "deviceID": "as Collect names the phone; told apart, not trusted",
    "direction": "in or out",
    "disagrees": "true: where the instrument's own word and our judgement differ",
    "division_code": "this division and all below it",
    "draw_id": "the drawn household that is wanted: asked for again, it is the same one",
    "drop_off_id": "handed in at this point",
    "dry_run": "true: say what would be wrong and change nothing",
    "every_version": "true: earlier versions too",
    "feature_id": "the feature's id",
    "file_name": "the file's name in the manifest",
    "flag": "only those that carry this flag",
    "form_file": "the form's id and `.xml`",
    "form_id": "the form, by its formID",
    "fraud_type": "against this way of cheating (`listFraudTypes`)",
    "has_point": "true: with a point; false: without one",
    "household_id": "of this household",
    "households": "how many households to draw",
    "import_id": "that came with this file",
    "instrument_id": "measured with this instrument",
    "kind": "only those of this kind",
    "latitude": "degrees north, in the system that `crs` names",
    "level": "only this level of the tree",
    "light": "of a deadline that runs: green, yellow (due soon), red (late); grey: open, and none runs",
    "longitude": "degrees east, in the system that `crs` names",
    "mine": "true: only my own",
    "month": "of this month, 1 to 12",
    "move": "only this that can happen to a letter",
    "need_state": "only needs that stand so",
    "nobody": "true: only those that nobody has",
    "not_dispatched": "true: only those that wait for dispatch",
    "number": "the receipt number, as it stands on the slip; blanks are forgiven",
    "occurred_from": "happened at or after this moment; RFC 3339 with an offset",
    "occurred_to": "happened before this moment; RFC 3339 with an offset",
    "on": "as it is on this day; today unless told",
    "only": "only this part of the list",
    "open": "true: only those that go on; false: only those that ended",
    "origin_id": "asked for by this record of `origin_room`",
    "origin_room": "asked for by this room",
    "outcome": "only those with this outcome",
    "overdue": "true: only those past their time",
    "owner_unit_id": "that this unit answers for",
    "page": "from 1 on, as GeoReport counts",
    "person_id": "of this person",
    "post": "only this post of a unit",
    "provider": "which provider tells: its name in the settings",
    "received_from": "came in at or after this moment; RFC 3339 with an offset",
    "received_to": "came in before this moment; RFC 3339 with an offset",
    "recorded_by": "written down by this person",
    "registered": "true: registered by somebody; false: known from files only",
    "request_file": "the request's number and `.json` or `.xml`",
    "retired": "true: those that measure no more",
    "running": "true: only those that run today; false: only others",
    "sample_id": "of this sample",
    "second_hop": "true: only those that were sent on once more",
    "sender_id": "sent by this person",
    "service_code": "only these services, with commas between",
    "service_file": "the service's code and `.json` or `.xml`",
    "service_request_id": "only these requests, with commas between",
    "since": "the first day",
    "stage": "only those at this public stage",
    "state": "only those that stand so",
    "station_id": "of this station",
    "to_fix": "true: only those in which something is still to be put right",
    "token": "the secret part of the address, as it was given out",
    "token_file": "the token and `.json` or `.xml`",
    "topic": "only this topic",
    "unit_id": "of this unit: a station, studio or department",
    "until": "the last day, included",
    "valid": "true: only runs whose controls hold; false: only others",
    "verdict": "only those judged so",
    "version": "the version, as a number",
    "waiting": "true: only those that still wait for somebody",
    "year": "the year, such as 2026",
}
"""Name: what it means, where a route says nothing closer."""


def describe(operation: dict[str, Any]) -> None:
    """Fill in what is missing. A name that is not known stays bare, which a test refuses."""
    for parameter in operation.get("parameters", ()):
        if not parameter.get("description") and (said := _said(parameter["name"], parameter["in"])):
            parameter["description"] = said


def _said(name: str, place: str) -> str | None:
    if place == "path" and name.endswith("_id") and name not in ("collection_id", "feature_id", "form_id"):
        return f"the id of the {name.removesuffix('_id').replace('_', ' ')}"
    return SAID.get(name)
