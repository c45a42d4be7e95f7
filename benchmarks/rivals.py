"""Run by an interpreter that has edgartools and secsgml2: their CPU seconds for the submissions of a folder, as JSON."""

import json
import sys
import time
from pathlib import Path


def main(folder: str) -> None:
    bodies = [path.read_bytes() for path in sorted(Path(folder).glob("*.txt"))]
    seconds = {}
    parsers = (
        ("secsgml2", _secsgml2),
        ("edgartools: bounds only", _edgartools_bounds),
        ("edgartools: contents, files decoded", _edgartools_contents),
    )
    for name, load in parsers:
        try:
            parse = load()
        except ImportError:
            continue
        runs = []
        for _ in range(3):
            start = time.process_time()
            for body in bodies:
                parse(body)
            runs.append(time.process_time() - start)
        seconds[name] = min(runs)
    print(json.dumps(seconds))


def _secsgml2():
    from secsgml2 import parse_sgml_content_into_memory

    return parse_sgml_content_into_memory


def _edgartools_bounds():
    from edgar.sgml.sgml_common import parse_submission_text

    return lambda body: parse_submission_text(body.decode("latin-1"))


def _edgartools_contents():
    """Since version 5 contents are only cut out, and files decoded, when they are asked for."""
    from edgar.sgml.sgml_common import parse_submission_text

    def parse(body):
        _, documents = parse_submission_text(body.decode("latin-1"))
        return [document.content for same in documents.values() for document in same]

    return parse


if __name__ == "__main__":
    main(sys.argv[1])
