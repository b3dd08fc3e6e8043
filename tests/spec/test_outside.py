"""Others can work with our document: validators find nothing, generators make clients that compile."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import openapi_spec_validator

from tests.spec.outside import PYTHON, REDOCLY, TYPESCRIPT, from_pypi, programs, ran

COMMITTED = Path(__file__).parents[2] / "mobile_api_spec" / "openapi.json"
AGREED = {
    ("no-ambiguous-paths", "#/paths/~1api~1v1~1antifraud~1warnings~1posts~1{source_id}"),
    ("no-ambiguous-paths", "#/paths/~1api~1v1~1hotline~1calls~1posts~1{system_id}"),
    ("no-ambiguous-paths", "#/paths/~1api~1v1~1hotline~1texts~1posts~1{system_id}"),
}
"""`posts` is no id: the other path takes a UUID there. Systems in the field post to these addresses."""

CONFIG = {
    "compilerOptions": {
        "strict": True,
        "noEmit": True,
        "target": "es2022",
        "module": "esnext",
        "moduleResolution": "bundler",
        "lib": ["es2022", "dom"],
        "types": [],
    },
    "files": ["use.ts", "sync.ts"],
}
USE = """
import type { components, operations, paths } from "./api";

type Visit = operations["recordVisit"]["requestBody"]["content"]["application/json"];
type Kept = operations["recordVisit"]["responses"]["201"]["content"]["application/json"];
type Listed = paths["/api/v1/visits"]["get"]["responses"]["200"]["content"]["application/json"];

export function latest(page: Listed): string | undefined {
  return page.items[0]?.occurred_at;
}
export const said = (problem: components["schemas"]["Problem"]): string => `${problem.code}: ${problem.detail}`;
export type Pair = [Visit["id"], Kept["id"]];
"""
SYNC = Path(__file__).with_name("sync.ts")
"""How an app applies an answer to syncPull and goes by what syncPush answers."""

IMPORT_ALL = """
import importlib, pkgutil, warnings, client
warnings.simplefilter("ignore")
names = [each.name for each in pkgutil.walk_packages(client.__path__, "client.")]
for name in names:
    importlib.import_module(name)
print(len([name for name in names if name.startswith("client.api.") and name.count(".") == 3]))
"""


def test_the_document_is_openapi_3_1_to_the_letter() -> None:
    openapi_spec_validator.validate(document())


def test_redoclys_recommended_rules_find_nothing_but_what_is_agreed(tmp_path: Path) -> None:
    linter = programs(tmp_path, REDOCLY) / "redocly"

    done = ran([str(linter), "lint", "--extends", "recommended", "--format", "json", str(COMMITTED)], within_s=300)

    found = {(each["ruleId"], each["location"][0]["pointer"]) for each in json.loads(done.stdout)["problems"]}
    assert found == AGREED


def test_a_typed_client_in_typescript_compiles(tmp_path: Path) -> None:
    tools = programs(tmp_path, TYPESCRIPT)
    (tmp_path / "use.ts").write_text(USE)
    shutil.copy(SYNC, tmp_path)
    (tmp_path / "tsconfig.json").write_text(json.dumps(CONFIG))

    made = ran([str(tools / "openapi-typescript"), str(COMMITTED), "-o", str(tmp_path / "api.ts")], within_s=300)
    compiled = ran([str(tools / "tsc"), "-p", str(tmp_path)], within_s=300)

    assert made.returncode == 0, made.stderr
    assert compiled.returncode == 0, compiled.stdout


def test_a_typed_client_in_python_has_every_operation_and_imports(tmp_path: Path) -> None:
    told = ran([*generator(tmp_path), "--output-path", str(tmp_path / "client")], within_s=300, **path(tmp_path))
    imported = ran([sys.executable, "-c", IMPORT_ALL], within_s=300, PYTHONPATH=str(tmp_path))

    assert "Endpoint will not be generated" not in told.stdout + told.stderr
    assert "Unable to process schema" not in told.stdout + told.stderr
    assert imported.returncode == 0, imported.stderr[-2000:]
    assert int(imported.stdout) == sum(len(item) for item in document()["paths"].values())


def document() -> dict[str, Any]:
    return dict(json.loads(COMMITTED.read_text(encoding="utf-8")))


def generator(folder: Path) -> list[str]:
    from_pypi(folder / "generator", PYTHON)
    (folder / "config.yml").write_text("post_hooks: []\n")
    command = ["-m", "openapi_python_client", "generate", "--path", str(COMMITTED), "--meta", "none"]
    return [sys.executable, *command, "--config", str(folder / "config.yml")]


def path(folder: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(folder / "generator")}
