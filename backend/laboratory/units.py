"""Units as they are written, and what a value is in another one. Powers of ten only: nothing is rounded."""

from decimal import Decimal

from backend.laboratory.reference import folded

KG_PER_KG = {
    "%": Decimal("0.01"),
    "g/kg": Decimal("0.001"),
    "mg/100g": Decimal("0.00001"),
    "mg/kg": Decimal("0.000001"),
    "ug/kg": Decimal("0.000000001"),
}

SPELLINGS = {
    "ppm": "mg/kg", "mg.kg_1": "mg/kg", "mg·kg_1": "mg/kg", "mgkg_1": "mg/kg", "mg1kg_1": "mg/kg", "ug/g": "mg/kg",
    "μg/g": "mg/kg", "mg/公斤": "mg/kg", "毫克/千克": "mg/kg", "毫克/公斤": "mg/kg",
    "μg/kg": "ug/kg", "ppb": "ug/kg", "微克/千克": "ug/kg", "微克/公斤": "ug/kg", "ng/g": "ug/kg",
    "g.kg_1": "g/kg", "g·kg_1": "g/kg", "gkg_1": "g/kg", "g1kg_1": "g/kg", "克/千克": "g/kg", "克/公斤": "g/kg",
    "percent": "%", "pct": "%", "g/100g": "%", "百分比": "%",
}  # fmt: skip

ACCEPTED = {"g/kg": ("g/kg", "%", "mg/kg"), "mg/kg": ("mg/kg", "ug/kg", "mg/100g")}
"""What a value of each unit may be told in: nobody tells an available nutrient as a percentage."""


def unit_named(text: str) -> str:
    """One spelling of many.

    >>> unit_named("µg／kg"), unit_named("PPM")
    ('ug/kg', 'mg/kg')
    """
    plain = folded(text)
    return SPELLINGS.get(plain, plain)


def in_unit(value: Decimal, unit: str, wanted: str) -> Decimal | None:
    """The value in the wanted unit; null where the unit does not fit.

    >>> in_unit(Decimal("2.1"), "％", "g/kg"), in_unit(Decimal("0.3"), "%", "mg/kg")
    (Decimal('21'), None)
    """
    named = unit_named(unit)
    if named == wanted:
        return value
    if named not in ACCEPTED[wanted]:
        return None
    return value * (KG_PER_KG[named] / KG_PER_KG[wanted])
