"""Originals in the store: gone after their time, and no stray stays."""

from datetime import timedelta

import pytest

from backend.core import clock, storage
from backend.core.database import fetch_row
from backend.core.storage_refusals import ObjectMissing
from backend.laboratory import import_keeping
from tests.laboratory.files import imported, many


async def test_what_lies_under_a_destroyed_key_is_deleted_the_same_night(bench):
    kept, purged = [await imported(many(2, first=n), bench.technician) for n in (0, 10)]
    paths = {
        told.id: await fetch_row("SELECT * FROM laboratory_import WHERE id = $1", told.id) for told in (kept, purged)
    }
    await fetch_row("UPDATE laboratory_import SET key_sealed = NULL WHERE id = $1", purged.id)

    for _ in range(2):
        await import_keeping.clear_purged()

    assert await storage.get(paths[kept.id]["object_path"])
    for name in ("object_path", "rows_path"):
        with pytest.raises(ObjectMissing):
            await storage.get(paths[purged.id][name])
    row = await fetch_row("SELECT object_path, stored_n FROM laboratory_import WHERE id = $1", purged.id)
    assert (row["object_path"], row["stored_n"]) == (None, 2)


async def test_what_no_import_knows_is_swept_once_it_is_a_day_old(bench, monkeypatch):
    told = await imported(many(2), bench.technician)
    row = await fetch_row("SELECT * FROM laboratory_import WHERE id = $1", told.id)
    await storage.put("laboratory/stray/original-1", b"left by a process that died")

    await import_keeping.sweep()
    assert await storage.exists("laboratory/stray/original-1"), "it may be in use"

    now = clock.now()
    monkeypatch.setattr(import_keeping.clock, "now", lambda: now + timedelta(days=2))
    await import_keeping.sweep()

    assert not await storage.exists("laboratory/stray/original-1")
    assert await storage.exists(row["object_path"])
    assert await storage.exists(row["rows_path"])
