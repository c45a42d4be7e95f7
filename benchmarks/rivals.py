"""Two other projects' parsers of submissions, in an environment of their own, so that ours stays free of them.

`measure` makes the environment (rivals.txt, pinned with hashes) and starts this file in it; the CPU seconds come back as JSON.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def measure(submissions: dict[str, bytes]) -> dict[str, float]:
    """CPU seconds of each rival for these submissions; raises CalledProcessError where their environment cannot be made."""
    # Imported here, because this file also runs in that environment, where our packages are not.
    from benchmarks.environments import python_of

    python = python_of("rivals")
    with tempfile.TemporaryDirectory() as folder:
        for accession_number, body in submissions.items():
            Path(folder, f"{accession_number}.txt").write_bytes(body)
        # edgartools makes folders in the home; here it gets one that goes away again.
        command = [python, __file__, folder]
        done = subprocess.run(command, env={"HOME": folder}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(folder: str) -> None:
    """In that environment: print the CPU seconds of each parser, the fastest of three rounds."""
    bodies = [path.read_bytes() for path in sorted(Path(folder).glob("*.txt"))]
    parsers = {"secsgml2": _secsgml2(), "edgartools": _edgartools()}
    seconds = dict.fromkeys(parsers, float("inf"))
    for _ in range(3):
        for name, parse in parsers.items():
            start = time.process_time()
            for body in bodies:
                parse(body)
            seconds[name] = min(seconds[name], time.process_time() - start)
    print(json.dumps(seconds))


def _secsgml2():
    """One call: header as a dictionary, documents as bytes, uuencoded files decoded."""
    from secsgml2 import parse_sgml_content_into_memory

    return parse_sgml_content_into_memory


def _edgartools():
    """The same work. Since version 5 a document is only cut out, and a file in it decoded, when its content is asked for."""
    from edgar.sgml.sgml_common import parse_submission_text

    def parse(body):
        _, documents = parse_submission_text(body.decode("latin-1"))
        return [document.content for same in documents.values() for document in same]

    return parse


if __name__ == "__main__":
    main(sys.argv[1])
