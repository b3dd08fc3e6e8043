"""Photos go up in pieces (tus 1.0.0), and go on at the byte where the line broke.

One that has arrived is kept for a while (`keeping`). Where the server tells the phone to start anew, `store` puts it
back among those to be sent: the server is asked for it first, and is sent it only where it has it no more.
"""

import json
import os
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from lianxin_client import keeping
from lianxin_client.ids import uuid7
from lianxin_client.server import Refused, Server
from lianxin_client.store import Store
from lianxin_client.texts import Json, compact

PIECE = 256 * 1024
"""Bytes in one request: what a bad line takes away at most."""

FILE_GONE = "phone/file-gone"
"""The phone's own word, beside the server's codes."""
TUS = {"Tus-Resumable": "1.0.0"}
NOT_THERE = (404, 410)
TAKEN = 409
ELSEWHERE = (404, 409, 410, 460)
"""The server is at another byte than we thought, or these bytes came otherwise than they left: ask where to go on."""


@dataclass(frozen=True)
class Photo:
    """One that is still to be sent. `address`: where its bytes go, once it was opened; `had_arrived`: the server said
    once that it has it whole, before it was put back to an earlier hour."""

    id: str
    person: str
    length: int
    address: str | None
    had_arrived: bool


class Photos:
    """The photos of a phone that the server does not have whole, and behind them those that arrived of late."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._forget_old()
        for left in {path.name for path in store.photos.iterdir()} - self._ids():
            (store.photos / left).unlink(missing_ok=True)  # it died between file and row, or between row and file

    def add(self, content: bytes, *, person: str) -> str:
        """Keep a photo; its id. First the file, flushed; only then is it one."""
        id = uuid7()
        with self._file(id).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self._flush_folder()
        with self._store.transaction():
            self._store.rows("INSERT INTO photo (id, person, length) VALUES (?, ?, ?)", id, person, len(content))
        return id

    def to_send(self) -> list[Photo]:
        """In the order in which they were taken; those that were refused are not among them."""
        columns = "id, person, length, address, sent >= length AND address IS NOT NULL"
        rows = self._store.rows(f"SELECT {columns} FROM photo WHERE problem IS NULL ORDER BY position")
        return [Photo(id, person, length, address, bool(had)) for id, person, length, address, had in rows]

    def send(self, photo: Photo, server: Server) -> None:
        """Send what is missing of it. Raises NotNow, SignInNeeded; a refusal is kept for its author to see, and so is
        that its file is gone, as on a phone that was set back to a copy without photos."""
        try:
            offset = self._begun(photo, server)
            while offset < photo.length:
                offset = self._piece(photo, offset, server)
        except Refused as refused:
            self._keep_problem(photo, refused.problem)
        except FileNotFoundError:
            self._keep_problem(photo, {"title": "The photo is not on this phone any more.", "code": FILE_GONE})
        else:
            self._keep(photo.id)

    def _keep(self, id: str) -> None:
        """It has arrived."""
        with self._store.transaction():
            arrived = "SELECT position, id, person, length, address FROM photo WHERE id = ?"
            self._store.rows(f"INSERT INTO kept_photo (position, id, person, length, address) {arrived}", id)
            self._store.rows("DELETE FROM photo WHERE id = ?", id)
        self._forget_old()

    def _forget_old(self) -> None:
        """Of what has arrived, what lies here for too long or is too much: the oldest first."""
        over, room = list[str](), keeping.KEEPING.photos_bytes
        young = f"kept_on >= date('now', '-{keeping.KEEPING.days} days')"
        for id, length, is_young in self._store.rows(
            f"SELECT id, length, {young} FROM kept_photo ORDER BY position DESC"
        ):
            room -= length
            if room < 0 or not is_young:
                over.append(id)
        with self._store.transaction():
            for id in over:
                self._store.rows("DELETE FROM kept_photo WHERE id = ?", id)
        for id in over:
            self._file(id).unlink(missing_ok=True)

    def _keep_problem(self, photo: Photo, problem: Json) -> None:
        with self._store.transaction():
            self._store.rows("UPDATE photo SET problem = ? WHERE id = ?", compact(problem), photo.id)

    def refused(self) -> dict[str, Json]:
        """Those that the server does not want, and why: shown to who took them."""
        rows = self._store.rows("SELECT id, problem FROM photo WHERE problem IS NOT NULL ORDER BY position")
        return {row["id"]: json.loads(row["problem"]) for row in rows}

    def let_go(self, id: str) -> None:
        """It is not this phone's to send any more."""
        with self._store.transaction():
            self._store.rows("DELETE FROM photo WHERE id = ?", id)
        self._file(id).unlink(missing_ok=True)

    def _begun(self, photo: Photo, server: Server) -> int:
        """How many bytes the server has. One put back to the middle of an upload that had been whole may have lost the
        pieces of then: from the first byte."""
        offset = self._offset(photo, server)
        if not (photo.had_arrived and photo.address and 0 < offset < photo.length):
            return offset
        server.ask("DELETE", photo.address, headers=TUS)
        return self._opened(photo, server)

    def _offset(self, photo: Photo, server: Server) -> int:
        """How many bytes the server has. An upload that it does not know any more was finished, or is opened anew."""
        if photo.address is None:
            return self._opened(photo, server)
        try:
            return int(server.ask("HEAD", photo.address, headers=TUS).headers["Upload-Offset"])
        except Refused as refused:
            if refused.status not in NOT_THERE:
                raise
        try:
            server.ask("GET", f"/api/v1/photos/{photo.id}")
        except Refused as refused:
            if refused.status not in NOT_THERE:
                raise
            return self._opened_anew(photo, server)
        return photo.length

    def _opened_anew(self, photo: Photo, server: Server) -> int:
        """Where the id of one that had arrived is taken, it is there, and not for its sender to see: two share the
        phone, and a record of the other has it."""
        try:
            return self._opened(photo, server)
        except Refused as refused:
            if photo.had_arrived and refused.status == TAKEN:
                return photo.length
            raise

    def _opened(self, photo: Photo, server: Server) -> int:
        """Opening twice finds the same upload: its id is the photo's."""
        told = {"Upload-Length": str(photo.length), "Upload-Metadata": f"id {b64encode(photo.id.encode()).decode()}"}
        answer = server.ask("POST", "/uploads", headers=TUS | told)
        sent = int(answer.headers["Upload-Offset"])
        with self._store.transaction():
            row = (answer.headers["Location"], sent, photo.id)
            self._store.rows("UPDATE photo SET address = ?, sent = ? WHERE id = ?", *row)
        return sent

    def _piece(self, photo: Photo, offset: int, server: Server) -> int:
        [row] = self._store.rows("SELECT address FROM photo WHERE id = ?", photo.id)
        with self._file(photo.id).open("rb") as file:
            file.seek(offset)
            piece = file.read(PIECE)
        told = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        try:
            answer = server.ask("PATCH", row["address"], headers=TUS | told, content=piece)
            sent = int(answer.headers["Upload-Offset"])
        except Refused as refused:
            sent = self._offset(photo, server) if refused.status in ELSEWHERE else offset
            if sent == offset:
                raise
        with self._store.transaction():
            self._store.rows("UPDATE photo SET sent = ? WHERE id = ?", sent, photo.id)
        return sent

    def _flush_folder(self) -> None:
        """That there is such a file is on disk too; without it a battery may take the name and leave the row."""
        if os.name == "posix":
            folder = os.open(self._store.photos, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)

    def _ids(self) -> set[str]:
        return {row["id"] for row in self._store.rows("SELECT id FROM photo UNION SELECT id FROM kept_photo")}

    def _file(self, id: str) -> Path:
        return self._store.photos / id
