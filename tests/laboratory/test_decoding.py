"""Bytes to lines: the encoding told honestly, and no line longer than an instrument's."""

import io

import pytest

from backend.laboratory.decoding import MAX_LINE_BYTES, Encoding, NotText, Sureness, lines, sniff

TEXT = "样品名称,抑制率\n黄瓜,63.2\n"


def texts(content):
    return [line.text for line in lines(io.BytesIO(content), sniff(content))]


@pytest.mark.parametrize(
    ("codec", "name", "sureness"),
    [
        ("utf-8", "utf-8", Sureness.LIKELY),
        ("utf-8-sig", "utf-8", Sureness.TOLD),
        ("utf-16", "utf-16-le", Sureness.TOLD),
        ("gb18030", "gb18030", Sureness.LIKELY),
        ("gbk", "gb18030", Sureness.LIKELY),
    ],
)
def test_every_encoding_testers_write_is_recognised_and_read_the_same(codec, name, sureness):
    assert sniff(TEXT.encode(codec)) == Encoding(name, sureness)
    assert texts(TEXT.encode(codec)) == TEXT.splitlines()


def test_big_endian_utf_16_is_read_too():
    assert texts(b"\xfe\xff" + TEXT.encode("utf-16-be")) == TEXT.splitlines()


def test_bytes_that_are_no_chinese_are_only_guessed_at():
    assert sniff(bytes(range(0x80, 0x100)) * 3).sureness is Sureness.GUESS


def test_a_head_cut_in_the_middle_of_a_character_is_still_recognised():
    assert sniff("黄瓜".encode()[:-1]).name == "utf-8"
    assert sniff("黄瓜和番茄".encode("gb18030")[:-1]).name == "gb18030"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_file_that_begins_in_ascii_is_decided_by_its_first_line_that_is_not(codec):
    content = b"id,value\n" * 20_000 + "黄瓜,1\n".encode(codec)

    assert sniff(content[:65_536]).sureness is Sureness.UNDECIDED
    assert [line.text for line in lines(io.BytesIO(content), sniff(content[:65_536]))][-1] == "黄瓜,1"


def test_a_line_with_foreign_bytes_is_marked_and_the_next_is_read():
    content = "黄瓜,1\n".encode() + b"\xb2\xa4\xb2\xcb,2\n" + "番茄,3\n".encode()

    assert [line.whole for line in lines(io.BytesIO(content), sniff(content[:8]))] == [True, False, True]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_windows_unix_and_old_instruments_end_them(end):
    read = list(lines(io.BytesIO(f"a{end}b".encode()), sniff(b"a")))

    assert [(line.number, line.text, line.ended) for line in read] == [(1, "a", True), (2, "b", False)]


@pytest.mark.parametrize("bom", [b"", b"\xff\xfe"])
def test_a_line_without_end_is_refused_before_it_is_in_memory(bom):
    class Endless(io.BytesIO):
        taken = 0

        def read(self, size=-1):
            Endless.taken += len(more := super().read(size))
            return more

        def readline(self, size=-1):
            Endless.taken += len(more := super().readline(size))
            return more

    content = bom + b"11" * 8_000_000

    with pytest.raises(NotText) as refused:
        list(lines(Endless(content), sniff(content[:100])))

    assert refused.value.reason == "line_too_long"
    assert refused.value.line == 1
    assert Endless.taken < 6 * MAX_LINE_BYTES
