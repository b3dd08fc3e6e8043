"""The headers of tus, read to the letter."""

import hashlib
from base64 import b64encode

import pytest

from backend.core.refusals import Invalid
from backend.media import uploads_headers
from backend.media.uploads_refusals import ChecksumMismatch

ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def test_metadata_of_the_specifications_example_is_read():
    read = uploads_headers.metadata("filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential")

    assert read == {"filename": b"world_domination_plan.pdf", "is_confidential": b""}


@pytest.mark.parametrize("header", [None, ""])
def test_no_metadata_is_none(header):
    assert uploads_headers.metadata(header) == {}


@pytest.mark.parametrize(
    "header",
    [
        "a b c",
        "a b!",
        "a YQ==,a YQ==",
        ",",
        "a YQ==,",
        "ключ YQ==",
        "a YQ=",
        "a\tYQ==",
        "a YQ==\r\nX: y",
        "a " + "YWFh" * 1500,
    ],
)
def test_metadata_of_another_form_is_refused(header):
    with pytest.raises(Invalid) as refusal:
        uploads_headers.metadata(header)
    assert refusal.value.errors[0].pointer == "Upload-Metadata"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("现场照片 3.jpg", "现场照片 3.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\DCIM\\IMG_1.jpg", "IMG_1.jpg"),
        ("a\x00b\r\nSet-Cookie: x", "abSet-Cookie: x"),
        ("", ""),
    ],
)
def test_a_file_name_is_a_label_of_one_line_and_never_a_path(sent, kept):
    assert uploads_headers.file_name({"filename": sent.encode()}) == kept


def test_a_file_name_in_another_encoding_costs_its_letters_and_nothing_else():
    assert uploads_headers.file_name({"filename": "现场.jpg".encode("gbk")}).endswith(".jpg")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_checksum_fits_its_bytes_and_no_others(algorithm):
    digest = hashlib.new(algorithm, b"hello world").digest()
    checksum = uploads_headers.checksum(f"{algorithm} {b64encode(digest).decode()}")

    checksum.must_fit(hashlib.new(algorithm, b"hello world"))
    with pytest.raises(ChecksumMismatch):
        checksum.must_fit(hashlib.new(algorithm, b"hello worlD"))


@pytest.mark.parametrize(
    "header", ["", "md5 XrY7u+Ae7tCTyyK7j1rNww==", "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha1", "sha1 YQ=="]
)
def test_a_checksum_of_another_form_or_algorithm_is_refused(header):
    with pytest.raises(Invalid):
        uploads_headers.checksum(header)


def test_partial_uploads_are_found_by_absolute_and_relative_address_in_order():
    other = ID.replace("5d", "5e")
    found = uploads_headers.partials(f"final;https://a.example/uploads/{ID} /uploads/{other}")

    assert [str(each) for each in found] == [ID, other]
    assert uploads_headers.partials("partial") == uploads_headers.partials(None) == ()


@pytest.mark.parametrize(
    "header",
    [
        "final",
        "final;",
        "final;/files/x",
        f"final;/elsewhere/{ID}",
        "whole",
        f"final;{' '.join([f'/uploads/{ID}'] * 101)}",
    ],
)
def test_a_concatenation_of_another_form_is_refused(header):
    with pytest.raises(Invalid):
        uploads_headers.partials(header)


def test_the_photos_id_is_a_uuid_or_refused():
    assert str(uploads_headers.chosen_id({"id": ID.encode()})) == ID
    assert uploads_headers.chosen_id({}) is None
    for given in (b"7", "７".encode(), b"\xff"):
        with pytest.raises(Invalid):
            uploads_headers.chosen_id({"id": given})
