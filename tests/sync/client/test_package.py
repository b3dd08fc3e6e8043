"""The client as somebody finds it: by itself, small, and as its README says."""

import ast
import doctest
import re
import sys
import types
from pathlib import Path

import httpx
import lianxin_client
from lianxin_client import bans, texts

from backend.tasks.actions import get_task
from backend.tasks.tables import TaskState
from tests.cast import PASSWORD, phone_of
from tests.sync.client.conftest import off
from tests.tasks.requests import asked

FOLDER = Path(lianxin_client.__file__).parent
README = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
NEEDED = {"httpx", "cryptography", "lianxin_client"}
LONGEST = 200


def imported(path):
    """The packages that a module takes from."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_the_client_stands_on_nothing_of_the_servers():
    modules = list(FOLDER.glob("*.py"))

    assert set().union(*map(imported, modules)) - set(sys.stdlib_module_names) == NEEDED
    assert {path.name: len(path.read_text().splitlines()) > LONGEST for path in modules} == {
        path.name: False for path in modules
    }


def test_its_readme_and_its_front_name_every_module_that_does_something():
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "ids", "texts"}

    assert modules == {re.match(r"\w+", line)[0] for line in lianxin_client.__doc__.split("\n\n")[2].splitlines()}
    assert modules <= set(re.findall(r"`(\w+)\.py`", README))


def test_its_examples_hold():
    assert [doctest.testmod(module).failed for module in (bans, texts)] == [0, 0]


async def test_its_five_lines_sync_a_phone(cast, line, tmp_path):
    [block] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(block.splitlines()) == 5
    block = block.replace("phone.sqlite", str(tmp_path / "phone.sqlite")).replace("the password", PASSWORD)
    client = types.SimpleNamespace(Client=lambda base_url: httpx.Client(base_url=base_url, transport=line))
    known = {name: getattr(lianxin_client, name) for name in ("Phone", "Store", "uuid7")} | {"httpx": client}
    task = await asked(assignee_id=cast.cadre.person_id)

    await off(exec, compile(block, "README.md", "exec"), known)
    known["phone"].close()

    assert phone_of("cadre") in block
    assert (await get_task(task_id=task.id, by=cast.cadre)).state == TaskState.DONE
