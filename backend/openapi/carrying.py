"""What answers carry beside a body, where a handler gives a finished answer and Litestar cannot see it.

Headers, the answers to conditional requests and to those for a part (RFC 9110, 13 and 14), and further kinds of
content. tests/spec/answers.py holds every answer that a test gets against it: what is sent is told, and the reverse.
"""

from copy import deepcopy
from typing import Any

Operation = dict[str, Any]

CARRIED: dict[str, str] = {
    **dict.fromkeys(("recordVisit", "importInstrumentFile", "postInstrumentRecords"), "Location"),
    "createUpload": "Location! Upload-Offset! Upload-Expires Tus-Resumable",
    "continueUpload": "Upload-Offset! Upload-Expires Tus-Resumable",
    "readUploadOffset": "Upload-Length! Upload-Offset Upload-Metadata Upload-Concat Upload-Expires Tus-Resumable",
    "endUpload": "Tus-Resumable",
    "getCalendarFeed": "ETag! Content-Disposition!",
    "getCapFeed": "ETag! Last-Modified",
    "getCapAlert": "ETag! Last-Modified!",
    "getForm": "ETag!",
    "getFormMedia": "ETag!",
    "getKitBundle": "ETag! Content-Disposition",
    "getPhotoCopy": "ETag! Accept-Ranges! Content-Disposition",
    "getPhotoOriginal": "ETag! Accept-Ranges! Content-Disposition",
    "getShownPhoto": "ETag! Accept-Ranges! Content-Disposition",
    "exportPhotos": "Content-Disposition! X-Total-Count!",
    "exportLearningSet": "Content-Disposition! X-Total-Count!",
    **dict.fromkeys(("getReportPdf", "printLetters", "getImportOriginal"), "Content-Disposition!"),
    "exportSubmissions": "Content-Disposition!",
    **dict.fromkeys(("getReport", "exportModus", "getLabMonth", "getImportRows"), "Content-Disposition"),
    **dict.fromkeys(("open311FileRequestJson", "open311FileRequestXml"), "Open311-Token!"),
}
"""Operation: what its 2xx (and 304) carry; `!`: always."""
CARRIED["importInstrumentFile"] += " Content-Disposition"

DATED = ("getCapFeed", "getCapAlert")
"""Asked for again by the moment, too."""
IN_PARTS = ("getPhotoCopy", "getPhotoOriginal", "getShownPhoto")
"""One range at a time: 206, or 416."""

ALSO_AS: dict[str, str] = {
    **dict.fromkeys(("importInstrumentFile", "getImportRows", "exportModus", "getLabMonth"), "text/csv"),
    "getReport": "application/pdf",
    "getShownPhoto": "audio/*",
}
"""Operation: a kind of content beside the one that Litestar sees, mostly by Accept."""
ONLY_AS: dict[str, str] = {
    "streamNotices": "text/event-stream",
    "listFormMedia": "text/xml",
    "getFormMedia": "*/*",
}
"""Operation: the kind of content instead of the one that Litestar sees."""

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Location": ("where it is to be found", {**_TEXT, "format": "uri-reference"}),
    "ETag": ("what the answer was made of, in quotes; send it back as If-None-Match", _TEXT),
    "Last-Modified": ("when it last changed; send it back as If-Modified-Since", _TEXT),
    "Content-Disposition": ("the file's name, where it is meant to be kept as one", _TEXT),
    "Accept-Ranges": ("bytes: a part may be asked for with Range", _TEXT),
    "Content-Range": ("which bytes of how many", _TEXT),
    "X-Total-Count": ("how many records are in it", _NUMBER),
    "Upload-Offset": ("how many bytes are on disk", _NUMBER),
    "Upload-Length": ("of the whole file, in bytes", _NUMBER),
    "Upload-Metadata": ("as it was sent", _TEXT),
    "Upload-Concat": ("as it was sent", _TEXT),
    "Upload-Expires": ("until when it may be gone on with; none once it is whole", _TEXT),
    "Tus-Resumable": ("1.0.0", _TEXT),
    "Open311-Token": ("leads to the number, by open311GetToken", _TEXT),
    "X-OpenRosa-Version": ("1.0", _TEXT),
    "X-OpenRosa-Accept-Content-Length": ("how many bytes are taken at once", _NUMBER),
    "WWW-Authenticate": ("how to sign in; with 401", _TEXT),
    "Retry-After": ("in how many seconds to come again; with 429 and 503", _NUMBER),
}
"""Header: what it says, and its schema."""

_UNCHANGED = "Nothing changed since what If-None-Match names"


def complete(operation: Operation) -> None:
    """Tell what one operation's answers carry."""
    name, responses = operation["operationId"], operation["responses"]
    good = [response for status, response in responses.items() if status.startswith("2")]
    said = {header: one for response in good for header, one in response.get("headers", {}).items()}
    for response in good:
        _as_it_comes(name, response)
        if said:  # Litestar writes them to one status only, and a repeat carries the same
            response["headers"] = said | response.get("headers", {})
    carried = CARRIED.get(name, "").split()
    if "ETag!" in carried:
        _conditional(operation, name)
    if name in IN_PARTS:
        _in_parts(operation)
    for status, response in responses.items():
        if status.startswith(("2", "304")) and carried:
            response["headers"] = response.get("headers", {}) | headers(*carried)


def headers(*names: str) -> dict[str, Any]:
    """These headers as the document has them; `!` after a name: always there."""
    return {name.rstrip("!"): _header(name) for name in names}


def _header(name: str) -> dict[str, Any]:
    description, schema = HEADERS[name.rstrip("!")]
    return {"description": description, "required": name.endswith("!"), "schema": dict(schema)}


def _as_it_comes(name: str, response: Operation) -> None:
    if name in ONLY_AS:
        response["content"] = {ONLY_AS[name]: {"schema": dict(_TEXT)}}
    if name in ALSO_AS:
        response["content"][ALSO_AS[name]] = {"schema": dict(_TEXT)}


def _conditional(operation: Operation, name: str) -> None:
    operation["responses"].setdefault("304", {"description": _UNCHANGED}).pop("content", None)
    _may_send(operation, "If-None-Match", "the ETag of what is known already")
    if name in DATED:
        _may_send(operation, "If-Modified-Since", "the Last-Modified of what is known already")


def _in_parts(operation: Operation) -> None:
    _may_send(operation, "Range", "one range of bytes; anything else is answered whole")
    _may_send(operation, "If-Range", "the ETag of the bytes of which this is the rest")
    part = deepcopy(operation["responses"]["200"]) | {"description": "The bytes that Range asked for"}
    operation["responses"]["206"] = part | {"headers": headers("Content-Range!")}


def _may_send(operation: Operation, name: str, description: str) -> None:
    parameters = operation.setdefault("parameters", [])
    if not any(each["name"].lower() == name.lower() for each in parameters):
        parameters.append(
            {"name": name, "in": "header", "required": False, "description": description, "schema": dict(_TEXT)}
        )
