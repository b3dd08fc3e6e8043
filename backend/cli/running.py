"""Starting and looking after a server: with the demo inside, for a county, the queue alone; up to date, well or not."""

import argparse
import asyncio

from backend.cli.refused import Refused
from backend.core.settings import settings
from backend.serving.housing import housed
from backend.serving.listening import take


def seed_words(added: argparse.ArgumentParser) -> None:
    """Of `seed`."""
    added.add_argument("--again", action="store_true", help="add what is missing where a county is already")


def notices_words(added: argparse.ArgumentParser) -> None:
    """Of `notices`."""
    added.add_argument("--follow", action="store_true", help="again every second, until nothing runs any more")


def demo(_: argparse.Namespace) -> int:
    """What `make run` starts: everything, with the demo county inside, and a banner that says where to look."""
    from seed.demo import run

    return run()


def serve(_: argparse.Namespace) -> int:
    """The production server: nothing is seeded, nothing secret is printed."""
    taken = take(settings().host, settings().port)
    from backend.core import logs

    logs.configure()
    with housed() as chosen:
        from backend.serving import web
        from backend.serving.preparing import prepare

        asyncio.run(prepare(chosen))
        return web.serve(chosen, taken, when_ready=web.tell_where(taken))


def worker(_: argparse.Namespace) -> None:
    """The queue alone."""
    from backend.core import logs

    logs.configure()
    with housed() as chosen:
        from backend.serving.preparing import prepare
        from backend.serving.worker import work

        asyncio.run(prepare(chosen))
        asyncio.run(work(chosen))


def migrate(_: argparse.Namespace) -> None:
    """Migrations and reference data."""
    with housed() as chosen:
        from backend.serving.preparing import prepare

        asyncio.run(prepare(chosen))
    print("The database is up to date.")


def seed(chosen: argparse.Namespace) -> None:
    """The demo county, into a database that has none."""
    with housed() as house:
        from backend.serving.preparing import pooled, prepare
        from seed import accounts, county

        async def plant() -> county.Seeded:
            async with pooled(house):
                if not chosen.again and await county.is_there():
                    raise Refused("The database has a county already. To add what the demo lacks: lianxin seed --again")
                planted = await county.plant()
                await accounts.set_passwords()
                return planted

        asyncio.run(prepare(house))
        seeded = asyncio.run(plant())
        print(f"{seeded.households} households and {seeded.visits} visits are in, all invented and marked as demo.")
        print(f"Every account of the cast signs in with the password {accounts.password()}")


def doctor(_: argparse.Namespace) -> int:
    """What is wrong with this installation, in plain words; exit code 1 when something is."""
    from backend.serving.doctor import examine

    return examine()


def notices(chosen: argparse.Namespace) -> None:
    """Campaigns that run, with a bar each, and how the providers do."""
    with housed() as house:
        from backend.push.telling import tell
        from backend.serving.preparing import pooled

        async def told() -> None:
            async with pooled(house):
                await tell(print, follow=chosen.follow)

        asyncio.run(told())
