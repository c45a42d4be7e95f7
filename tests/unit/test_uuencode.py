"""Files inside submissions: what they really are, and lines that are not quite as they should be."""

import binascii
import hashlib
import io
import zipfile

import pytest
from edgar_pipeline.sources.uuencode import Payload, find_payload, media_type_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3


def uuencoded(content: bytes, *, name: str = "a.png", padding: str = "", newline: str = "\n") -> bytes:
    lines = [binascii.b2a_uu(content[start : start + 45]).decode()[:-1] for start in range(0, len(content), 45)]
    return newline.join(["", f"begin 644 {name}", *(line + padding for line in lines), "`", "end", ""]).encode()


def payload_of(content: bytes, media_type: str) -> Payload:
    return Payload(media_type, len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("padding", ["", " ", "A", "!!!", "```"])
def test_padding_behind_the_declared_length_is_tolerated(newline, padding):
    assert find_payload(uuencoded(PNG, padding=padding, newline=newline)) == payload_of(PNG, "image/png")


def test_lost_trailing_blanks_are_zeros():
    content = b"%PDF-1.4" + bytes(91)
    encoded = b"\n".join(line.rstrip() for line in uuencoded(content).replace(b"`", b" ").split(b"\n"))
    assert find_payload(encoded) == payload_of(content, "application/pdf")


def test_a_file_in_a_pdf_element_and_without_a_last_line_end():
    encoded = b"\n<PDF>" + uuencoded(b"%PDF-1.7 x").rstrip() + b"\n</PDF>\n"
    assert find_payload(encoded) == payload_of(b"%PDF-1.7 x", "application/pdf")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_files_of_every_length_are_decoded(newline):
    """Full lines are decoded together, the rest line by line: the seam must not show, wherever it is."""
    for length in [*range(1, 200), 4050, 4051, 4094]:
        content = bytes((7 * number) % 256 for number in range(length))
        assert find_payload(uuencoded(content, newline=newline)) == payload_of(content, "application/octet-stream")


def test_shorter_lines_among_full_ones_are_decoded():
    """A file with a lost trailing blank on every seventh line, and lines of which only the first character is a full one's."""
    content = b"".join(bytes(range(1, 42)) + bytes(4) if n % 7 == 0 else bytes([n % 255 + 1]) * 45 for n in range(1200))
    encoded = b"\n".join(line.rstrip(b" ") for line in uuencoded(content).split(b"\n"))
    assert {len(line) for line in encoded.split(b"\n")[2:-3]} == {56, 60, 61}
    assert find_payload(encoded) == payload_of(content, "application/octet-stream")


def test_a_full_line_with_a_letter_that_is_none_is_no_file():
    encoded = uuencoded(bytes(450))
    assert find_payload(encoded.replace(b"\nM", b"\nM\x81", 1)) is None


def test_a_large_file_is_decoded_piece_by_piece():
    content = bytes(range(251)) * 12_000
    assert find_payload(uuencoded(content)) == payload_of(content, "application/octet-stream")


@pytest.mark.parametrize("content", [b"", b"begin the day", b"<html>", b"begin 644 x\n\xff\xff\xff\nend\n"])
def test_what_is_not_uuencoded_has_no_payload(content):
    assert find_payload(content) is None


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return file.getvalue()


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GIF89a", "image/gif"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-office"),
        (archive("a.txt"), "application/zip"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), SHEET),
        (
            archive("_rels/.rels", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (archive("[Content_Types].xml", "other/x"), "application/zip"),
        (b"plain", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_media_types_come_from_the_content(head, expected):
    assert media_type_of(head) == expected
