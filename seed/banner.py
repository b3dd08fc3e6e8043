"""What `make run` ends with: where to look, whom to sign in as, how to set up a phone, how to stop."""

import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import segno

from backend.openrosa.collect_settings import Settings, fewest_settings, qr_text
from backend.serving.listening import lan_address
from seed.accounts import Account
from seed.furnishing import Demo

ROLES = {
    "cadre": "干部",
    "assistant": "警务助理",
    "expert": "专家",
    "technician": "技术员",
    "operator": "值班员",
    "handler": "承办单位",
    "supervisor": "督办",
    "auditor": "审计",
    "admin": "管理员",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def banner(told: Demo, *, log_path: Path, styled: bool) -> str:
    """The whole of it. `styled` colours the QR black on white, for a terminal of any theme."""
    return "\n".join(
        [
            "",
            "连心 Lianxin is running · 已启动   demo county 高唐县, everybody and everything in it invented · 全部虚构",
            "",
            *table(_addresses(told, log_path)),
            "",
            f"Sign in · 登录   password of every account · 统一密码: {told.accounts[0].password}",
            *table(_people(told)),
            "",
            "ODK Collect: Configure with QR code · 手机 ODK Collect：扫码设置",
            qr(qr_text(settings_of(told.accounts[0])), styled=styled),
            f"  or type · 或手输  {told.accounts[0].openrosa_url}",
            *_phone_hint(told.base_url),
            "",
            "Stop · 停止: Ctrl-C",
        ]
    )


def _people(told: Demo) -> Iterator[Sequence[str]]:
    for account in told.accounts:
        yield account.role, ROLES[account.role], account.name, account.phone
    yield told.police_account.role, "反诈中心", told.police_account.name, told.police_account.phone


def _addresses(told: Demo, log_path: Path) -> Iterator[Sequence[str]]:
    yield "Today", "今天", f"{told.base_url}/console/today"
    yield "Map", "地图", f"{told.base_url}/console/map"
    yield "Log a visit", "走访登记", f"{told.base_url}/console/log"
    yield "Ask an expert", "扫码问诊", told.station_url
    yield "Expert desk", "专家问诊台", f"{told.base_url}/console/clinic"
    yield "Test bench", "检测台", f"{told.base_url}/console/bench"
    yield "Farmer's result", "取样单", told.sample_url
    yield "Fraud warnings", "反诈预警", f"{told.base_url}/console/warnings"
    yield "Door to door", "入户走访", f"{told.base_url}/console/round"
    yield "Visitor's card", "上门核验", told.visitor_url
    yield "Public warnings", "公众预警", f"{told.base_url}/console/alerts"
    yield "Warning feed", "预警订阅", f"{told.base_url}/feeds/cap.atom"
    yield "Duty desk", "热线值班台", f"{told.base_url}/console/desk"
    yield "Forms on a phone", "手机填表", f"{told.base_url}/console/collect"
    yield "Receipt", "回执", f"{told.receipt_url}  密码 {told.receipt_secret}"
    yield "API guide", "接口文档", f"{told.base_url}/docs"
    yield "OpenAPI", "接口定义", f"{told.base_url}/schema/openapi.json"
    yield "For scripts", "脚本", str(log_path.parent / "demo.json")
    yield "Log file", "日志", str(log_path)


def _phone_hint(base_url: str) -> list[str]:
    if urlsplit(base_url).hostname not in LOOPBACK:
        return []
    here = f" ({lan_address()})" if lan_address() else ""
    return [
        f"  A phone reaches this machine{here} only after: make run HOST=0.0.0.0",
        "  手机要连上本机，请用上面这条命令启动",
    ]


def settings_of(account: Account) -> Settings:
    """What a terminal has room for; /console/collect shows a code with everything."""
    return fewest_settings(server_url=account.openrosa_url, place="高唐县")


def qr(content: str, *, styled: bool) -> str:
    """A QR of half blocks: about 60 columns, 31 rows."""
    out = io.StringIO()
    segno.make(content, error="l", micro=False).terminal(out, compact=True, border=2)
    before, after = ("\x1b[97;40m", "\x1b[0m") if styled else ("", "")
    return "\n".join(f"  {before}{line}{after}" for line in out.getvalue().splitlines())


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows in columns that line up on a terminal, where a Chinese character takes two cells."""
    lines = [list(row) for row in rows]
    widths = [max(map(cells, column)) for column in zip(*lines, strict=True)]
    return [
        "  " + "  ".join(text + " " * (width - cells(text)) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
