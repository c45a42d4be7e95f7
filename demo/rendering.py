"""Blocks to documents, in the manners of three kinds of filing software.

``classic``  upper-case tags, ``&nbsp;`` and the numbers of Windows-1252 (``&#146;``) for typographic characters;
``modern``   nested ``<div>`` and ``<span>`` with long styles and Unicode numbers (``&#8217;``), optionally inline XBRL;
``plain``    text of 79 columns with ``<PAGE>`` and ``<TABLE>`` marks.

All output is ASCII, as all real submissions are.
"""

from __future__ import annotations

import html
import textwrap

from demo.markup import LINK, Block

FONT = "font-size:10pt; font-family:Times New Roman"
SPAN = "color:#000000;font-family:'Times New Roman',sans-serif;font-size:10pt;font-weight:400;line-height:120%"
TYPEWRITER = str.maketrans({"’": "'", "“": '"', "”": '"', "–": "-", "—": "--", "\u00a0": " ", "☐": "[ ]", "☒": "[X]"})
XMLNS = (
    ' xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" '
    'xmlns:dei="http://xbrl.sec.gov/dei/2022" xmlns:xbrli="http://www.xbrl.org/2003/instance"'
)


def render(blocks: list[Block], style: str, title: str, label: str | None, facts: dict[str, str] | None = None) -> str:
    """The document as text; ``label`` ("Exhibit 99.1") stands above it, ``facts`` become a hidden XBRL block."""
    if style == "plain":
        return plain(blocks, label)
    write = classic_block if style == "classic" else modern_block
    labels = [write(Block("label", (label,)), 0)] if label else []
    pages = 0
    parts = []
    for block in blocks:
        pages += block.kind == "page"
        parts.append(write(block, pages))
    body = "\n".join(labels + parts)
    if style == "classic":
        head = f"<HTML><HEAD>\n<TITLE>{to_entities(title, style)}</TITLE>\n</HEAD>"
        return f'{head}\n <BODY BGCOLOR="WHITE">\n{body}\n</BODY></HTML>\n'
    head = f"<head>\n<title>{to_entities(title, style)}</title></head>"
    start = '<?xml version="1.0" encoding="ASCII"?>\n' if facts else ""
    hidden = hidden_facts(facts) if facts else ""
    return f"{start}<html{XMLNS if facts else ''}>\n{head}<body>{hidden}<div>\n{body}\n</div></body></html>\n"


def classic_block(block: Block, page: int) -> str:
    """One block in upper-case HTML with line breaks inside the text."""
    paragraph = f'<P STYLE="margin-top:12pt; margin-bottom:0pt; {FONT}"'
    lines = [wrapped(inline(line, "classic")) for line in block.lines]
    joined = "<BR>\n".join(lines)
    if block.kind == "headline":
        return f'{paragraph} ALIGN="center"><B>{joined}</B></P>'
    if block.kind == "label":
        return f'{paragraph} ALIGN="right"><B>{joined}</B></P>'
    if block.kind == "heading":
        return f"{paragraph}><B>{joined}</B></P>"
    if block.kind == "centred":
        return "\n".join(f'{paragraph} ALIGN="center">{line}</P>' for line in lines)
    if block.kind == "items":
        bullet = '<TR style="page-break-inside:avoid"><TD WIDTH="5%" VALIGN="top">&#149;&nbsp;</TD>'
        return f"<TABLE>\n{''.join(f'{bullet}<TD>{line}</TD></TR>{chr(10)}' for line in lines)}</TABLE>"
    if block.kind == "table":
        rows = (
            '<TD VALIGN="bottom">&nbsp;</TD>\n'.join(f"<TD>{inline(cell, 'classic') or '&nbsp;'}</TD>" for cell in row)
            for row in block.rows
        )
        return '<TABLE CELLPADDING="0" WIDTH="100%">\n' + "\n".join(f"<TR>{row}</TR>" for row in rows) + "\n</TABLE>"
    if block.kind == "page":
        return f'{paragraph} ALIGN="center">{page}</P>\n<HR SIZE="3" WIDTH="100%" style="page-break-after:always">'
    return f"{paragraph}>{joined}</P>"


def modern_block(block: Block, page: int) -> str:
    """One block in nested divs, one line each."""
    lines = [f'<span style="{SPAN}">{inline(line, "modern")}</span>' for line in block.lines]
    joined = "<br/>".join(lines)
    if block.kind in ("headline", "centred"):
        weight = "font-weight:700" if block.kind == "headline" else "margin-top:6pt"
        return "\n".join(f'<div style="text-align:center;{weight}">{line}</div>' for line in lines)
    if block.kind == "label":
        return f'<div style="text-align:right">{joined}</div>'
    if block.kind == "heading":
        return f'<div style="margin-top:12pt"><div style="font-weight:700">{joined}</div></div>'
    if block.kind == "items":
        bullet = f'<div style="padding-left:18pt"><span style="{SPAN}">&#8226;</span>&#160;&#160;'
        return "\n".join(f"{bullet}{line}</div>" for line in lines)
    if block.kind == "table":
        cell = '<td colspan="3" style="padding:2px 1pt;vertical-align:bottom">'
        rows = ("".join(f"{cell}{inline(value, 'modern') or '&#160;'}</td>" for value in row) for row in block.rows)
        return "<div><table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table></div>"
    if block.kind == "page":
        return f'<div style="text-align:center">{page}</div><hr style="page-break-after:always"/>'
    return f'<div style="margin-top:9pt;text-align:justify"><div>{joined}</div></div>'


def plain(blocks: list[Block], label: str | None) -> str:
    """Text of 79 columns, as it was filed before HTML was allowed and still may be."""
    parts = [f"{label:>79}"] if label else []
    page = 0
    for block in blocks:
        lines = [LINK.sub(r"\1", line) for line in block.lines]
        if block.kind in ("headline", "centred"):
            parts.append("\n".join(row.center(79).rstrip() for line in lines for row in textwrap.wrap(line, 70)))
        elif block.kind == "table":
            rows = ("".join(f"{cell:<38}" for cell in row).rstrip() for row in block.rows)
            columns = f"{'<S>':<38}<C>"
            parts.append("\n".join(["<TABLE>", "<CAPTION>", columns, *rows, "</TABLE>"]))
        elif block.kind == "page":
            page += 1
            parts.append(f"{page:>40}\n<PAGE>")
        elif block.kind == "items":
            parts.append("\n".join(textwrap.fill(f"  o  {line}", 79, subsequent_indent="     ") for line in lines))
        else:
            parts.append("\n".join(textwrap.fill(line, 79) for line in lines))
    return to_ascii("\n\n".join(parts)) + "\n"


def inline(line: str, style: str) -> str:
    """Text with its links, as HTML."""
    tag = "A HREF" if style == "classic" else "a href"
    parts, end = [], 0
    for link in LINK.finditer(line):
        anchor = f'<{tag}="{html.escape(link[2])}">{to_entities(link[1], style)}</{tag[0]}>'
        parts += [to_entities(line[end : link.start()], style), anchor]
        end = link.end()
    return "".join([*parts, to_entities(line[end:], style)])


def to_entities(text: str, style: str) -> str:
    """Text with everything that is not ASCII as entities: Unicode numbers, or those of Windows-1252 in old software."""
    escaped = html.escape(text, quote=False)
    return "".join(character if character.isascii() else entity(character, style) for character in escaped)


def entity(character: str, style: str) -> str:
    if character == "\u00a0":
        return "&nbsp;" if style == "classic" else "&#160;"
    if style == "classic":
        try:
            return f"&#{character.encode('cp1252')[0]};"
        except UnicodeEncodeError:
            return f"&#{ord(character)};"
    return f"&#{ord(character)};"


def to_ascii(text: str) -> str:
    """Text with typographic characters as typewriters had them."""
    return text.translate(TYPEWRITER).encode("ascii").decode()


def wrapped(text: str) -> str:
    return textwrap.fill(text, 118, break_long_words=False, break_on_hyphens=False)


def hidden_facts(facts: dict[str, str]) -> str:
    """Facts for machines that no reader sees, as every inline XBRL document begins with."""
    values = "".join(
        f'<ix:nonNumeric contextRef="c-1" name="dei:{name}">{to_entities(value, "modern")}</ix:nonNumeric>'
        for name, value in facts.items()
    )
    return f'<div style="display:none"><ix:header><ix:hidden>{values}</ix:hidden></ix:header></div>'
