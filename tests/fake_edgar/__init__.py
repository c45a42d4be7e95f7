"""A stand-in for EDGAR on 127.0.0.1, for tests, benchmarks and the demo.

It serves a folder laid out as EDGAR's own URLs (``www.sec.gov/...`` and ``data.sec.gov/...`` below one root, both
hosts from one port) and answers as EDGAR was recorded to answer: submissions under the folder of any of their filers,
403 with an S3 error for a missing index, 404 for an unknown company, 403 with a web page for an undeclared or a hasty
client.
On demand it fails, in every way that a server, a proxy or a network can fail (``faults.py``).

    with FakeEdgar(root) as edgar:
        edgar.rule(r"master\\.20200305\\.idx", "status", times=2, status=503)
        ...                                   # point the client at edgar.url
        assert [entry["status"] for entry in edgar.log()] == [503, 503, 200]

Modules, each using only those before it: ``wire`` (requests and responses as bytes), ``archive`` (folder to response),
``access`` (who is refused), ``rules`` (what shall fail, and when), ``faults`` (how it fails), ``server`` (sockets, the
log, the control API), ``thread`` (the server inside a test).
"""

from tests.fake_edgar.rules import Rule
from tests.fake_edgar.thread import FakeEdgar

__all__ = ["FakeEdgar", "Rule"]
