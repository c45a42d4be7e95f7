"""Who is refused: clients without a declared contact, and clients that are too fast.

EDGAR answers both with status 403 and a web page, and never with Retry-After. Only the markers of the pages are
EDGAR's; the wording is ours.
"""

from __future__ import annotations

import re
from collections import deque

from tests.fake_edgar.wire import Response

# EDGAR was seen to accept someone@example.com and to refuse someone@localhost.
CONTACT = re.compile(r"[^\s@<>()]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")

PAGES = {
    "undeclared": (
        "Undeclared Automated Tool",
        "Your Request Originates from an Undeclared Automated Tool",
        "Please declare who you are in the User-Agent header: a name and an e-mail address.",
    ),
    "threshold": (
        "SEC.gov | Request Rate Threshold Exceeded",
        "Request Rate Threshold Exceeded",
        "You asked more often than is fair to others. Stay silent for ten minutes; asking again extends that time.",
    ),
}


def is_declared(user_agent: str | None) -> bool:
    """Whether a User-Agent names a contact that somebody could write to."""
    return bool(user_agent and CONTACT.search(user_agent))


def block_page(page: str = "threshold", status: int = 403) -> Response:
    """The web page of a refusal, with any status: proxies have been seen to send it as 200."""
    title, heading, advice = PAGES[page]
    body = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><title>{title}</title></head>\n'
        f"<body><h1>{heading}</h1>\n<p>{advice}</p>\n<p>Reference ID: 0.0.0.0 (stand-in)</p></body>\n</html>\n"
    )
    return Response(status, {"Content-Type": "text/html"}, body.encode())


class RateLimit:
    """At most ``per_second`` requests in any second that ends now; after an excess, silence is demanded.

    ``block_seconds`` is how long a client that was too fast is refused. A request during that time starts it anew, as
    EDGAR's own page announces.
    """

    def __init__(self, per_second: int, block_seconds: float = 0.0) -> None:
        self.per_second = per_second
        self.block_seconds = block_seconds
        self._arrivals: deque[float] = deque()
        self._blocked_until = float("-inf")

    def refuses(self, now: float) -> bool:
        """Count a request that arrived at ``now`` (seconds, any clock that never goes back), and judge it."""
        self._arrivals.append(now)
        while self._arrivals[0] <= now - 1.0:
            self._arrivals.popleft()
        if len(self._arrivals) > self.per_second or now < self._blocked_until:
            self._blocked_until = now + self.block_seconds
            return True
        return False
