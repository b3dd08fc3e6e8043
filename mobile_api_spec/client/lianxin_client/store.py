"""What the phone keeps: one SQLite file, and beside it a folder of photos.

A phone may die between any two statements. So whatever belongs together is one transaction, flushed before it counts,
and nothing that matters is kept anywhere else: an object of this package can be thrown away and made anew at any time.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lianxin_client.keeping import KEEPING
from lianxin_client.texts import Json, compact

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS person (  -- everybody who has signed in on this phone
    id TEXT PRIMARY KEY, name TEXT NOT NULL, number TEXT NOT NULL, device_id TEXT NOT NULL,
    access_token TEXT NOT NULL, refresh_token TEXT NOT NULL,
    key_id TEXT NOT NULL, private_key BLOB NOT NULL, key_known INTEGER NOT NULL DEFAULT 0,
    cursor TEXT
);
CREATE TABLE IF NOT EXISTS holder (  -- whose hand the phone is in
    only INTEGER PRIMARY KEY CHECK (only = 1), person TEXT NOT NULL REFERENCES person
);
CREATE TABLE IF NOT EXISTS record (  -- what the server told, and nothing else
    person TEXT NOT NULL REFERENCES person, entity TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (person, entity, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone (    -- what was let go of, and why
    person TEXT NOT NULL REFERENCES person, entity TEXT NOT NULL, id TEXT NOT NULL, why TEXT NOT NULL,
    PRIMARY KEY (person, entity, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS command ( -- what was done here; `told`: as it travels, byte for byte
    position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL REFERENCES person,
    told TEXT NOT NULL, standing TEXT NOT NULL, verdict TEXT NOT NULL DEFAULT '{{}}'
);
CREATE TABLE IF NOT EXISTS kept (    -- what is done, for a fortnight: the server may be put back to an earlier hour
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL REFERENCES person, told TEXT NOT NULL,
    let_go_on TEXT NOT NULL DEFAULT CURRENT_DATE
);
CREATE TRIGGER IF NOT EXISTS kept_when_done AFTER DELETE ON command WHEN OLD.standing = 'done' BEGIN
    INSERT OR REPLACE INTO kept (position, id, person, told) VALUES (OLD.position, OLD.id, OLD.person, OLD.told);
    DELETE FROM kept WHERE let_go_on < date('now', '-{KEEPING.days} days');
END;
CREATE TABLE IF NOT EXISTS photo (   -- what is still to be sent; `address`: of the upload, `sent`: bytes on the server
    position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL REFERENCES person,
    length INTEGER NOT NULL, address TEXT, sent INTEGER NOT NULL DEFAULT 0, problem TEXT
);
CREATE TABLE IF NOT EXISTS kept_photo ( -- what has arrived, and whose file is kept as long as what is done (`keeping`)
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL REFERENCES person,
    length INTEGER NOT NULL, address TEXT, kept_on TEXT NOT NULL DEFAULT CURRENT_DATE
);
"""


class Store:
    """One phone's file. `photos`: the folder of what was taken and is still to be sent, or has arrived of late."""

    def __init__(self, path: str | Path) -> None:
        self.photos = Path(path).with_suffix(".photos")
        self.photos.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """What a statement gives."""
        return self._db.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written within; in another one, part of it."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._db.rollback()
            raise

    def cursor(self, person: str) -> str | None:
        """Where this person's records stand."""
        [row] = self.rows("SELECT cursor FROM person WHERE id = ?", person)
        return None if row["cursor"] is None else str(row["cursor"])

    def keep(self, person: str, page: Mapping[str, Any]) -> None:
        """Keep one answer to a pull. Records and cursor are kept together: never the one without the other."""
        with self.transaction():
            if page["reset"]:
                self.rows("DELETE FROM record WHERE person = ?", person)
                self.rows("DELETE FROM gone WHERE person = ?", person)
                self._send_again(person)
            for entity, changes in page["changes"].items():
                for record in changes["put"]:
                    self._put(person, entity, record)
                for each in changes["gone"]:
                    self._let_go(person, entity, each["id"], each["why"])
            self.rows("UPDATE person SET cursor = ? WHERE id = ?", page["cursor"], person)

    def _send_again(self, person: str) -> None:
        """The server does not know what this phone holds: perhaps it was put back to an earlier hour, and what was done
        since is not there. Each is one deed however often it comes; so is the key with which it is signed. Photos that
        had arrived are asked for, and sent where they are missing."""
        again = "SELECT position, id, person, told, 'queued' FROM kept WHERE person = ?"
        if self.rows("SELECT id FROM kept WHERE person = ? LIMIT 1", person):
            self.rows(f"INSERT INTO command (position, id, person, told, standing) {again}", person)
            self.rows("DELETE FROM kept WHERE person = ?", person)
            self.rows("UPDATE person SET key_known = 0 WHERE id = ?", person)
        arrived = "SELECT position, id, person, length, address, length FROM kept_photo WHERE person = ?"
        self.rows(f"INSERT INTO photo (position, id, person, length, address, sent) {arrived}", person)
        self.rows("DELETE FROM kept_photo WHERE person = ?", person)

    def _put(self, person: str, entity: str, record: Json) -> None:
        self.rows("DELETE FROM gone WHERE person = ? AND entity = ? AND id = ?", person, entity, str(record["id"]))
        row = (person, entity, str(record["id"]), compact(record))
        self.rows("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", *row)

    def _let_go(self, person: str, entity: str, id: str, why: str) -> None:
        self.rows("DELETE FROM record WHERE person = ? AND entity = ? AND id = ?", person, entity, id)
        self.rows("INSERT OR REPLACE INTO gone VALUES (?, ?, ?, ?)", person, entity, id, why)

    def records(self, person: str, entity: str) -> list[Json]:
        """What this person carries of an entity."""
        found = self.rows("SELECT body FROM record WHERE person = ? AND entity = ? ORDER BY id", person, entity)
        return [json.loads(row["body"]) for row in found]

    def gone(self, person: str) -> dict[tuple[str, str], str]:
        """What this person does not carry any more, by entity and id, and why."""
        found = self.rows("SELECT entity, id, why FROM gone WHERE person = ?", person)
        return {(row["entity"], row["id"]): row["why"] for row in found}
