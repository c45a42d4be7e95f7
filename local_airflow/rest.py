"""Airflow's REST API, asked with patience.

On SQLite the API server answers a write with 500 when another one holds the database for five seconds (the audit log
is written on the event loop). Such an answer, and a refused connection during start-up, is asked again.
"""

import time
from typing import Any

import httpx

from local_airflow.configuration import USER, Configuration

PATIENCE_SECONDS = 60.0


class AirflowApi:
    """A logged-in client. Paths are relative to /api/v2; answers are parsed JSON."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._client = httpx.Client(base_url=configuration.url, timeout=30.0, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def log_in(self) -> None:
        """Exchange the password for a token, valid for a day."""
        credentials = {"username": USER, "password": self._configuration.secrets.password}
        token = self._request("POST", "/auth/token", json=credentials).json()["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def answers(self, path: str) -> bool:
        """Say whether a GET of this path (of the server's root) is answered with 200; False while nobody listens."""
        try:
            return self._client.get(path).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def get(self, path: str, **parameters: Any) -> Any:
        """GET and return the answer."""
        return self._request("GET", f"/api/v2{path}", params=parameters).json()

    def post(self, path: str, body: dict, already_there: bool = False) -> None:
        """POST. A repeated one may meet its own first effect: then `already_there` takes 409 for success."""
        self._request("POST", f"/api/v2{path}", json=body, accepted=(409,) if already_there else ())

    def patch(self, path: str, body: dict) -> None:
        """PATCH."""
        self._request("PATCH", f"/api/v2{path}", json=body)

    def _request(self, method: str, path: str, accepted: tuple[int, ...] = (), **arguments: Any) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE_SECONDS
        pause = 0.2
        while True:
            try:
                response = self._client.request(method, path, **arguments)
                if response.is_success or response.status_code in accepted:
                    return response
                problem = f"{response.status_code} {response.text[:500]}"
                final = response.is_client_error
            except httpx.TransportError as error:
                problem, final = repr(error), False
            if final or time.monotonic() + pause > deadline:
                raise RuntimeError(f"Airflow's API refused {method} {path}: {problem}")
            time.sleep(pause)
            pause = min(2 * pause, 3.0)
