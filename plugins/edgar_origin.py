"""Nobody else's page may act in the name of who is logged in to Airflow.

Airflow takes the session from a cookie, which a browser sends along whoever's page asks, and its own log-in page sets it
without `SameSite`: not every browser then keeps it from other sites' forms. A browser names the page that asks in the header
`Origin`; what changes something and comes from another site is refused here, before any route sees it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

#: What by its meaning changes nothing, and is what links of other sites use.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REFUSAL = b'{"detail":"Refused: the request comes from the page of another site."}'


class SameOriginOnly:
    """ASGI middleware over the whole API server. Programs send no `Origin`, so that they are not concerned."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and is_foreign(dict(scope["headers"])):
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(REFUSAL)).encode())]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": REFUSAL})
            return
        await self._app(scope, receive, send)


def is_foreign(headers: dict[bytes, bytes]) -> bool:
    """Say whether a browser names another site than ours and those of `[api] access_control_allow_origins`."""
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin:
        return headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none")
    # A proxy may speak another protocol with the browser than with us, so the host is what is compared.
    return urlsplit(origin).netloc != headers.get(b"host", b"").decode("latin-1") and origin not in _known_origins()


def _known_origins() -> set[str]:
    from airflow.configuration import conf

    base = urlsplit(conf.get("api", "base_url", fallback=""))
    return {*conf.getlist("api", "access_control_allow_origins", fallback=[]), f"{base.scheme}://{base.netloc}"}
