"""Soil tests as rows: households of a village, their fields, and what was measured in them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.core import ids
from backend.core.database import fetch
from backend.laboratory.judgement_rows import columns
from backend.laboratory.soil_fertility_rules import judge_fertility, judge_ph
from backend.laboratory.words import Comparator, Method, SampleKind
from tests.cast import VILLAGE
from tests.laboratory.bench import Bench

MORNING = datetime(2026, 5, 20, 1, tzinfo=UTC)
"""In the second quarter: what is public is of the time before 1 April 2026."""

TOLD = datetime(2026, 2, 2, 2, tzinfo=UTC)
"""A day whose tests are public on that morning."""

_HOUSEHOLD = """
INSERT INTO people_household (id, code, division, division_code, service_needs, created_at, demo, arguments_digest)
SELECT $1, $2, d.id, d.code, '{}', $4, FALSE, '' FROM territory_division d WHERE d.code = $3
"""
_DIVISION = """
INSERT INTO territory_division (id, code, prefix, level, name, valid_from, source, demo_point, longitude, latitude)
VALUES ($1, $2, $3, $4, $5, '2020-01-01', 'tests', FALSE, $6, $7)
"""


class Fields:
    """The bench, and short ways to have soil tested."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._n = 0

    async def household(self, division_code: str = VILLAGE) -> UUID:
        """Another one of a village."""
        self._n += 1
        id = ids.uuid7()
        await fetch(_HOUSEHOLD, id, f"T-{self._n:04d}", division_code, TOLD)
        return id

    async def division(
        self, code: str, level: str = "village", at: tuple[float | None, float | None] = (None, None)
    ) -> None:
        """A division that the cast has not."""
        prefix = code.rstrip("0") if level != "township" else code[:9]
        await fetch(_DIVISION, ids.uuid7(), code, prefix, level, f"第{code[-6:]}村", *at)

    async def tested(
        self,
        household: UUID | None,
        value: float | str,
        *,
        analyte: str = "organic_matter",
        at: datetime = TOLD,
        comparator: Comparator = Comparator.EQUAL,
        judged: dict[str, Any] | None = None,
        **columns_of_sample: Any,
    ) -> UUID:
        """One reading of one soil sample that came `at` and was sampled that day."""
        self._n += 1
        sample = await self.bench.sample(
            f"TR-{self._n:05d}",
            **{
                "kind": SampleKind.SOIL,
                "crop_said": None,
                "household": household,
                "plot": "村东地",
                "received_at": at,
                "sampled_on": at.date(),
                **columns_of_sample,
            },
        )
        await self.read(sample, value, analyte=analyte, at=at, comparator=comparator, judged=judged)
        return sample

    async def read(
        self,
        sample: UUID,
        value: float | str,
        *,
        analyte: str = "organic_matter",
        at: datetime = TOLD,
        comparator: Comparator = Comparator.EQUAL,
        judged: dict[str, Any] | None = None,
    ) -> None:
        """One more reading of a sample."""
        number = Decimal(str(value))
        told = judged if judged is not None else _judged(analyte, number, comparator, at.date())
        await self.bench.result(
            sample,
            **{
                "analyte": analyte,
                "method": Method.SOIL_TEST,
                "comparator": comparator,
                "value": number,
                "unit_said": None,
                "tested_at": at,
                "received_at": at + timedelta(hours=3),
                **told,
            },
        )

    async def village(self, values: list[float], *, division_code: str = VILLAGE, **told: Any) -> list[UUID]:
        """So many households, one test each."""
        households = [await self.household(division_code) for _ in values]
        for household, value in zip(households, values, strict=True):
            await self.tested(household, value, division_code=division_code, **told)
        return households


def _judged(analyte: str, value: Decimal, comparator: Comparator, day: date) -> dict[str, Any]:
    if analyte == "ph":
        return columns(judge_ph(comparator=comparator, value=value, day=day))
    unit = "g/kg" if analyte in ("organic_matter", "organic_carbon", "total_n") else "mg/kg"
    return columns(
        judge_fertility(
            analyte=analyte, comparator=comparator, value=value, unit=unit, unit_implied=False, day=day,
            convert_oxides=True,
        )
    )  # fmt: skip
