"""What others have written to judge a page by: axe-core and Lighthouse, out of npm, pinned, for tests only."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE, LIGHTHOUSE = "axe-core@4.10.3", "lighthouse@11.7.1"
"""Lighthouse 12 and newer want a younger Node than Debian's."""


def from_npm(folder: Path, package: str) -> Path:
    """The folder of a package. In CI its absence is a failure, elsewhere a loud skip."""
    npm = shutil.which("npm")
    done = npm and subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--loglevel=error", package],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
    )
    if not done or done.returncode:
        why = f"{package} needs node and npm: {done.stderr[-300:] if done else 'npm is not here'}"
        assert not os.environ.get("CI"), why
        pytest.skip(why)
    return folder / "node_modules" / package.partition("@")[0]


def must_have_chromium() -> str:
    """Its path. In CI its absence is a failure, elsewhere a loud skip."""
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("No chromium here: apt-get install chromium")
    return CHROMIUM


def lighthouse(folder: Path, address: str, chromium: str) -> dict[str, Any]:
    """Its report on an address, as it judges a phone on a slow line."""
    report = folder / "report.json"
    command = [
        *("node", str(folder / "node_modules/lighthouse/cli/index.js"), address, "--quiet", "--output=json"),
        *(f"--output-path={report}", "--only-categories=performance,accessibility,best-practices"),
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]
    environment = os.environ | {"CHROME_PATH": chromium}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(report.read_text(encoding="utf-8")))


if __name__ == "__main__":
    told = lighthouse(Path(sys.argv[1]), sys.argv[2], must_have_chromium())
    print({name: each["score"] for name, each in told["categories"].items()})
    for audit in told["audits"].values():
        if audit.get("score") is not None and audit["score"] < 1:
            print(audit["id"], audit["score"], audit.get("displayValue"))
