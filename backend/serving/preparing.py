"""What must be in the database before anybody is let in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.core import database, migrations
from backend.core.settings import Settings
from backend.serving.housing import version_of


async def prepare(chosen: Settings) -> None:
    """Migrations, reference data (policies, calendar …), kits: harmless when repeated, and by several nodes at once."""
    await version_of(chosen.database_url)
    await migrations.forwards(chosen.database_url)
    from backend.cases import reference as cases  # after migrations: rooms are heavy, a bad address is not
    from backend.deadlines import reference as deadlines
    from backend.diagnosis import reference as diagnosis
    from backend.hotline import firm_policies as hotline
    from backend.kits import folders_publishing as kits
    from backend.laboratory import retest_policies as laboratory
    from backend.openrosa import kit_verbs  # noqa: F401 - what a kit's forms may become
    from backend.visits import reference as visits

    async with pooled(chosen):
        await visits.load_reference()
        await deadlines.load_reference()
        await cases.load_reference()
        await diagnosis.load_reference()
        await laboratory.load_reference()
        await hotline.load_reference()
        await kits.publish_folders()


@asynccontextmanager
async def pooled(chosen: Settings) -> AsyncIterator[None]:
    """The pool, open for the block."""
    await database.connect(
        chosen.database_url, pool_size=chosen.pool_size, acquire_timeout_s=chosen.pool_acquire_timeout_s
    )
    try:
        yield
    finally:
        await database.disconnect()
