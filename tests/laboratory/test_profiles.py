"""A new instrument is a file of words, no code."""

from decimal import Decimal
from pathlib import Path

import pytest

from backend.laboratory import profiles
from backend.laboratory.profiles import ProfileWrong
from backend.laboratory.reading_files import read
from backend.laboratory.readings import Reading
from backend.laboratory.words import Method

SAMPLES = {path.name: path for path in (Path(__file__).parent / "samples").iterdir()}

NEW = """
name = "new_meter"
title = "新仪器"
method = "enzyme_inhibition"
percent = "fraction"
[recognise]
headers = ["被测菜", "抑菌指数"]
[headers]
"被测菜" = "sample_name"
"抑菌指数" = "value"
"备用一" = "channel"
"""


def test_every_profile_we_ship_has_a_sample_and_every_sample_its_profile():
    assert {profile.name for profile in profiles.shipped()} == {path.stem for path in SAMPLES.values()}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_sample_is_read_to_its_last_row_with_and_without_naming_its_profile(name):
    unasked = list(read(SAMPLES[name]))
    asked = list(read(SAMPLES[name], profile=SAMPLES[name].stem))

    assert unasked == asked
    assert len(unasked) >= 2
    assert all(isinstance(each, Reading) for each in unasked)


def test_a_new_instrument_needs_a_file_and_no_code(tmp_path):
    (tmp_path / "new_meter.toml").write_text(NEW, encoding="utf-8")
    content = "被测菜;抑菌指数;备用一\n黄瓜;0.63;4\n".encode()

    (read_one,) = read(content, among=profiles.load(tmp_path))

    assert (read_one.sample_name, read_one.value, read_one.unit) == ("黄瓜", Decimal(63), "%")
    assert read_one.unit_implied
    assert read_one.method is Method.ENZYME_INHIBITION
    assert read_one.channel == "4"
    assert [each.reason for each in read(content)] == ["no_header"]


def test_a_profile_in_a_file_of_its_own_is_chosen_by_its_path(tmp_path):
    path = tmp_path / "new_meter.toml"
    path.write_text(NEW, encoding="utf-8")

    assert profiles.named(str(path)).name == "new_meter"


@pytest.mark.parametrize(
    "wrong",
    ['name = "x"', 'name = "x"\ntitle = "y"\nshape = "card"', "= 1", 'name = "x"\ntitle = "y"\ncolumns = ["colour"]'],
)
def test_a_profile_that_cannot_be_says_which_file_and_why(tmp_path, wrong):
    (tmp_path / "broken.toml").write_text(wrong, encoding="utf-8")

    with pytest.raises(ProfileWrong, match=r"broken\.toml: "):
        profiles.load(tmp_path)


def test_a_profile_nobody_knows_is_answered_with_those_there_are():
    with pytest.raises(ProfileWrong, match="printed_label"):
        read(b"", profile="blackboard")
