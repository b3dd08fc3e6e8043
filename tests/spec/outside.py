"""What others have written to read our documents with: fetched for tests only, pinned."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console.audits import from_npm

REDOCLY, TYPESCRIPT, PYTHON = "@redocly/cli@2.77.0", "openapi-typescript@7.13.0", "openapi-python-client==0.29.1"
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def programs(folder: Path, package: str) -> Path:
    """Where npm puts a package's programs, and those of its peers. In CI its absence is a failure, else a loud skip."""
    from_npm(folder, package)
    return folder / "node_modules" / ".bin"


def from_pypi(folder: Path, requirement: str) -> Path:
    """A folder for PYTHONPATH with one package, without what it needs: the test environment has that."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"]
    done = ran([*pip, str(folder), requirement], within_s=600)
    if done.returncode:
        why = f"{requirement} could not be fetched: {done.stderr[-300:]}"
        assert not os.environ.get("CI"), why
        pytest.skip(why)
    return folder


def ran(command: list[str], *, within_s: int, **more: str) -> subprocess.CompletedProcess[str]:
    """A program's run; `more` goes into its environment."""
    return subprocess.run(
        command, capture_output=True, text=True, timeout=within_s, env=os.environ | QUIET | more, check=False
    )
