"""Great Expectations' Data Docs without the web: pages that name no foreign host and run nothing.

As they come, each page loads 16 scripts, styles and pictures from eleven hosts, tells them who reads what, and is bare without
them. Here scripts, styles, pictures and links to the web are taken out, a small style of our own is put in, and a policy
that forbids the browser everything else. What a click used to unfold is shown. The index, whose list is made by a script, is
written anew.
"""

import shutil
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from resiliparse.parse.html import HTMLTree

#: Nothing may be loaded, sent or run, whatever a page says; only the style inside it counts.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"

_FOREIGN = (
    "script, link, style, img, iframe, object, embed, form, input, button, label, meta[http-equiv], footer, .modal"
)
#: Attributes that load something, run something, or lead out of the folder: where they stand, and their name.
_ATTRIBUTES = {
    **{f"[{name}]": name for name in ("src", "srcset", "action", "background", "poster", "style", "onclick", "onload")},
    '[href*=":"]': "href",
}


def make_self_contained(folder: Path) -> None:
    """Rewrite every page below a folder of Data Docs in place, and remove the fonts and pictures that they no longer use."""
    shutil.rmtree(folder / "static", ignore_errors=True)
    style = files("edgar_pipeline").joinpath("templates", "data_docs.css").read_text(encoding="utf-8")
    for page in folder.rglob("*.html"):
        page.write_text(self_contained(page.read_text(encoding="utf-8"), style), encoding="utf-8")
    (folder / "index.html").write_text(_index(folder, style), encoding="utf-8")


def _index(folder: Path, style: str) -> str:
    """Every suite that was run, by its border, with its results and its expectations."""
    borders: dict[str, list[dict[str, str]]] = {}
    for page in sorted((folder / "validations").rglob("*.html")):
        name = page.relative_to(folder)
        _, border, suite, *_ = name.parts
        found = {"name": suite, "results": name.as_posix(), "expectations": f"expectations/{border}/{suite}.html"}
        borders.setdefault(border.replace("_", " "), []).append(found)
    environment = Environment(
        loader=PackageLoader("edgar_pipeline"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    template = environment.get_template("data_docs_index.html.j2")
    return template.render(policy=POLICY, style=style, borders=borders)


def self_contained(page: str, style: str) -> str:
    """The page with nothing in it that a browser would load from elsewhere or run."""
    tree = HTMLTree.parse(page)
    for node in tree.document.query_selector_all(_FOREIGN):
        node.decompose()
    for selector, name in _ATTRIBUTES.items():
        for node in tree.document.query_selector_all(selector):
            node.delattr(name)
    policy = tree.create_element("meta")
    policy.setattr("http-equiv", "Content-Security-Policy")
    policy.setattr("content", POLICY)
    tree.head.insert_before(policy, tree.head.first_child)
    styles = tree.create_element("style")
    styles.append_child(tree.create_text_node(style))
    tree.head.append_child(styles)
    return f"{tree.document.html}\n"
