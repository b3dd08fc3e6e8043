"""The list of methods, and what farm software calls the same."""

import re

from backend.laboratory.method_codes import method_code_of, method_codes, modus_code_of
from backend.laboratory.reference import analytes
from backend.laboratory.words import Method, SampleKind


def test_every_analyte_of_soil_has_a_method() -> None:
    soil = {each.code for each in analytes().values() if each.sample_kind is SampleKind.SOIL}

    assert {method_code_of(Method.SOIL_TEST, each) for each in soil} - {None} != set()
    assert all(method_code_of(Method.UNKNOWN, each, SampleKind.SOIL) for each in soil)


def test_a_method_names_only_analytes_that_are_on_file() -> None:
    known = {each.code for each in analytes().values()}

    assert {each.analyte for each in method_codes().values()} - {None} <= known


def test_a_modus_code_goes_with_how_far_modus_itself_stands_by_it() -> None:
    mapped = [each for each in method_codes().values() if each.modus_code]

    assert len(mapped) >= 10
    for each in mapped:
        assert re.fullmatch(r"L_MODV2_SOIL_[A-Z]+_[0-9]{3}", each.modus_code or "")
        assert each.modus_fit in ("same", "near")
        assert each.modus_acceptance in ("OFFICIAL", "PROVISIONAL")
        assert each.modus_status == "VALID"
    assert method_codes()["soil_ph_water_2_5"].modus_acceptance == "PROVISIONAL"


def test_a_near_method_is_never_told_as_the_same() -> None:
    near = [each.code for each in method_codes().values() if each.modus_fit == "near"]

    assert "soil_k_nh4oac" in near
    assert [modus_code_of(each) for each in near] == [None] * len(near)


def test_an_enzyme_test_has_a_method_and_no_modus_code() -> None:
    code = method_code_of(Method.ENZYME_INHIBITION, "cholinesterase_inhibition")

    assert (code, modus_code_of(code)) == ("enzyme_inhibition", None)
