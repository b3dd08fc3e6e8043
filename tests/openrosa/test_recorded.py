"""The recorded request is what it says it is: whole, of our form, with the photo that media's tests use."""

import json
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from PIL import ExifTags, Image

from backend.kits.forms import build_form

RECORDED = Path(__file__).parent / "recorded"
PHOTO = Path(__file__).parents[1] / "media" / "photos" / "orientation_6_gps.jpg"
VISIT = Path(__file__).parents[2] / "field_kits" / "visit" / "forms" / "visit.xlsx"


@pytest.fixture(scope="module")
def sent():
    """Its parts by name, as a multipart reader that is not ours takes them apart."""
    head = json.loads((RECORDED / "headers.json").read_text())["headers"]
    body = (RECORDED / "body.bin").read_bytes()
    assert int(head["Content-Length"]) == len(body)
    whole = f"Content-Type: {head['Content-Type']}\r\n\r\n".encode() + body
    parts = message_from_bytes(whole, policy=policy.HTTP).iter_parts()
    return {part.get_param("name", header="content-disposition"): part.get_payload(decode=True) for part in parts}


def test_it_answers_questions_of_the_form_as_it_is_today(sent):
    form = build_form(VISIT)
    root = etree.fromstring(sent["xml_submission_file"])
    answered = {
        "/" + "/".join(step.tag for step in (*reversed(list(leaf.iterancestors())), leaf))
        for leaf in root.iter()
        if not len(leaf)
    }
    assert root.get("id") == form.form_id
    assert answered == set(form.paths) - {"/data/contact/place_note"}
    assert root.findtext("contact/division_code") == "371526101335"
    assert len(root.findall("need")) == 2


def test_its_photo_is_the_one_that_media_tests_use(sent):
    assert sent["1795159995208.jpg"] == PHOTO.read_bytes()


def test_its_photo_is_turned_and_knows_where_it_was_taken():
    exif = Image.open(BytesIO(PHOTO.read_bytes())).getexif()
    assert exif[ExifTags.Base.Orientation] == 6
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    degrees, minutes, seconds = gps[ExifTags.GPS.GPSLatitude]
    assert degrees + minutes / 60 + seconds / 3600 == pytest.approx(36.896682, abs=1e-6)
    assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == "2026:11:20 15:33:12"
