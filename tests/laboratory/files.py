"""Files as a tester writes them, a row at a time."""

HEAD = "样品编号,样品名称,抑制率(%),检测结果,检测时间,仪器编号,检测编号\r\n"


def row(
    code: str,
    percent: float,
    *,
    crop: str = "菠菜",
    says: str = "合格",
    at: str = "2026-05-01 09:00",
    serial: str = "SN-1",
    record: str | None = None,
) -> str:
    """One row; its record id is its sample's unless told."""
    return f"{code},{crop},{percent},{says},{at},{serial},{record or code}\r\n"
