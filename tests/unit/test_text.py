"""Text: words, paragraphs and rows as a reader sees them, and nothing that a reader does not see."""

import pytest
from edgar_pipeline.text import Text, decode, extract_text
from edgar_pipeline.text.encoding import repair
from edgar_pipeline.text.markup import html_to_text, xml_to_text
from edgar_pipeline.text.plain import plain_to_text


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>One <b>wo</b>rd.</p><p>Next</p>", "One word.\n\nNext"),
        ("<P>Source\nlines   are\tblanks<P>not paragraphs", "Source lines are blanks\n\nnot paragraphs"),
        ("<div>a</div>b<br>c<BR/>d<br><br>e<hr>f", "a\n\nb\nc\nd\n\ne\n\nf"),
        ("<font size=2>fo</font><font size=1>nt</font> <i>x</i>", "font x"),
        ("<ul><li>one<li>two</ul>", "one\n\ntwo"),
        ("<p>caf&eacute;&nbsp;&amp;&#160;&#8217;&#x2014;&#146;&copy</p>", "café & ’—’©"),
        ("&lt;p&gt; is a tag, a < b and 5<6 are none", "<p> is a tag, a < b and 5<6 are none"),
        ("<pre>a  b\n c\n</pre>d\ne", "a b\nc\n\nd e"),
        ("<p title='a > b' alt=\"c>d\">text</p>", "text"),
        ("<p title=it's>text 'quoted'</p>", "text 'quoted'"),
        ("<p>open <b", "open"),
    ],
)
def test_words_lines_and_paragraphs(page, expected):
    assert html_to_text(page) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>", "a\tb\nc\td"),
        ("<TR><TD><P>99.1</P></TD><TD><P>Press release</P></TD></TR>", "99.1\tPress release"),
        ("<tr>\n<td>\n<div>●</div></td>\n<td><div>Item</div>\n</td></tr>\n<tr><td></td><td>x</td></tr>", "●\tItem\nx"),
        ("<tr><th>a<th>b<tr><td>c<td>d", "a\tb\nc\td"),
        (
            "<tr><td>Net</td><td>$</td><td>1,234</td><td>)</td><td>(</td><td>5</td><td>)%</td></tr>",
            "Net\t$1,234)\t(5)%",
        ),
        ("<tr><td>Price</td><td>US$</td><td>Note</td></tr>", "Price\tUS$\tNote"),
        ("<tbody><tr><td>&nbsp;</td><td>a</td><td> </td><td>b</td></tr></tbody>", "a\tb"),
    ],
)
def test_rows_and_cells(rows, expected):
    page = f"<p>before<table>{rows}</table>after"
    assert html_to_text(page) == f"before\n\n{expected}\n\nafter"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>if (a<b) { document.write('<p>no</p>') }</script>",
        "<STYLE type=x>p {color: red}</STYLE>",
        "<head><title>No title</TITLE><meta name=x></head>",
        "<!-- no <p>comment</p> -->",
        "<!-- a -- > b -->",
        '<ix:header><ix:hidden><ix:nonNumeric name="x">no</ix:nonNumeric></ix:hidden></ix:header>',
        "<?xml version='1.0'?><!DOCTYPE html>",
    ],
)
def test_what_no_reader_sees_is_dropped(hidden):
    assert html_to_text(f"<p>be{hidden}gin</p>").replace("\n", "") == "begin"


@pytest.mark.parametrize("opened", ["<script>", "<style>", "<ix:header>", "<!--"])
def test_a_hidden_element_that_is_not_closed_hides_nothing(opened):
    assert html_to_text(f"<p>be</p>{opened}<p>gin</p>").split() in (["be", "gin"], ["be", "<!--", "gin"])


def test_inline_xbrl_keeps_what_is_shown():
    page = "<p>Net income of $<ix:nonFraction name='a' scale='6'>12.5</ix:nonFraction> million</p>"
    assert html_to_text(page) == "Net income of $12.5 million"


@pytest.mark.parametrize("window", [1, 7, 30])
def test_a_page_longer_than_a_window_is_read_as_one(window, monkeypatch):
    page = (
        "<title>t</title><p>one  <b>two</b></p> \n <pre>a\n<i>b\nc</i> d\ne</pre>f\ng<script>a<b>c<i>d</script>"
        "<table><tr><td>x&amp;y</td> <td>$</td><td>5</td></tr></table><ix:header><p>no</p><p>no</p></ix:header><p>end</p>"
    )
    expected = "one two\n\na\nb\nc d\ne\n\nf g\n\nx&y\t$5\n\nend"
    assert html_to_text(page) == expected
    monkeypatch.setattr("edgar_pipeline.text.markup.WINDOW", window)
    monkeypatch.setattr("edgar_pipeline.text.spacing.WINDOW", window)
    assert html_to_text(page) == expected
    assert xml_to_text("<a><b>1  2</b> <c>3&lt;</c></a>") == "1 2\n3<"


def test_xml_gives_a_line_per_value():
    document = "<?xml version='1.0'?>\n<a:doc b='c'>\n <name>A &amp; B</name><n/><v>1\n 2</v><!-- x -->"
    assert xml_to_text(document + "<t><![CDATA[raw]]></t></a:doc>") == "A & B\n1 2\nraw"


def test_a_page_in_a_value_is_read_as_a_page():
    document = "<?xml version='1.0'?><x><note>&lt;p&gt;A &amp;amp; B&lt;/p&gt;&lt;p&gt;C&amp;#160;D&lt;/p&gt;</note><v>1</v></x>"
    assert xml_to_text(document) == "A & B\nC D\n1"


def test_xml_loads_and_defines_nothing():
    bomb = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&b;&e;</x>"
    text = xml_to_text(bomb)
    assert "root:" not in text and "haha" not in text


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("  TITLE  \n\n\n\nline one\r\nline two\rthree", "TITLE\n\nline one\nline two\nthree"),
        ("Net income      $ 1,234\t(5)\nTotal  x", "Net income\t$ 1,234\t(5)\nTotal x"),
        ("Cash ........ 5\n-------   =====\n__________\nend...", "Cash \t 5\n\nend...".replace(" \t ", "\t")),
        (
            "<TABLE>\n<CAPTION>\nA      B\n<S>    <C>\nx<F1>    1\n</TABLE>\n<FN>\n<F1> note",
            "A\tB\n\nx (1)\t1\n\n(1) note",
        ),
        ("a < b, <reference> and <5%", "a < b, <reference> and <5%"),
        ("AT&T &amp; Co &#149; R&D &ltd", "AT&T & Co • R&D &ltd"),
        ("<ARTICLE> 5\n<CASH>            1,200\n<MULTIPLIER> 1,000", "ARTICLE\t5\nCASH\t1,200\nMULTIPLIER\t1,000"),
    ],
)
def test_plain_text(document, expected):
    assert plain_to_text(document) == expected


def test_a_sentence_goes_on_below_an_underlined_word_and_a_heading_ends():
    document = (
        "     8.2  Right of Set-Off.  In addition to other rights\n"
        "          ----------------                           \n"
        "available to the Bank.\n\n"
        "RISK FACTORS\n============\nWe may fail.\n-\nfirst\n"
    )
    assert plain_to_text(document) == (
        "8.2 Right of Set-Off. In addition to other rights\navailable to the Bank.\n\n"
        "RISK FACTORS\n\nWe may fail.\n\nfirst"
    )


def test_page_numbers_go_with_their_page_and_other_numbers_stay():
    document = "first page\n1999\n   - 12 -\n<PAGE> 13\n\nPage 13 of 30\nsecond page\n\n42\n\nend\nF-3\n<PAGE>\nlast"
    assert plain_to_text(document) == "first page\n1999\nsecond page\n\n42\n\nend\nlast"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"plain ascii", "plain ascii"),
        ("café ’".encode(), "café ’"),
        ("café ’".encode("cp1252"), "café ’"),
        (b"caf\xe9 \x92 \x81", "café ’ \x81"),
    ],
)
def test_decoding_never_replaces_a_character(body, expected):
    assert decode(body) == expected


@pytest.mark.parametrize(
    ("twice", "once"),
    [
        ("itâ€™s", "it’s"),
        ("â€œquotedâ€\x9d", "“quoted”"),
        ("CafÃ© Â® Â©", "Café ® ©"),
        ("1Â\xa0000", "1\xa0000"),
        ("Ãgua, São, château, Â", "Ãgua, São, château, Â"),
    ],
)
def test_text_that_was_encoded_twice_is_repaired(twice, once):
    assert repair(twice) == once


def test_one_byte_of_another_encoding_does_not_spoil_a_document():
    # GIVEN a UTF-8 page with one cp1252 byte in it
    body = "<html><p>It’s “quoted”".encode() + b" caf\xe9</p></html>"
    # THEN all of it is readable
    assert extract_text(body, "8-K") == Text("text", "It’s “quoted” café")


@pytest.mark.parametrize(
    ("body", "document_type", "expected"),
    [
        (b"\n<html><p>x1</p></html>\n", "8-K", Text("text", "x1")),
        (b"\n<XML>\n<?xml version='1.0'?>\n<a><b>1</b><c>2</c></a>\n</XML>\n", "4", Text("text", "1\n2")),
        (b"\n<XBRL>\n<?xml version='1.0'?><html><body><p>ix</p></body></html>\n</XBRL>\n", "10-K", Text("text", "ix")),
        (b"\nDear Sir <b>you</b>:\n   line\n", "CORRESP", Text("text", "Dear Sir <b>you</b>:\nline")),
        (b"<P>a</P><P>b</P>", "EX-99", Text("text", "a\n\nb")),
        (b"\nbegin 644 a.jpg\n`\nend\n", "EX-99", Text("binary")),
        (b"\n<PDF>\nbegin 644 a.pdf\n`\nend\n</PDF>\n", "EX-99", Text("binary")),
        (b"whatever", "GRAPHIC", Text("binary")),
        (b"<html><img src=a.jpg></html>", "EX-99", Text("no_text")),
        (b" \n ---- \x00\n", "EX-99", Text("no_text")),
        (b"", "EX-99", Text("no_text")),
        (b"a\x00b\x1b[2Jc", "EX-99", Text("text", "ab[2Jc")),
        ("<p>x\u200by \xad\x07z\ufeff</p><p>\u202eevil</p>".encode(), "EX-99", Text("text", "x y z\n\nevil")),
    ],
)
def test_every_document_has_a_status(body, document_type, expected):
    assert extract_text(body, document_type) == expected
