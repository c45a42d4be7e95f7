"""The patience of the local Airflow's API client, against a server that has none."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local_airflow import Progress, Run
from local_airflow.configuration import Configuration, Secrets
from local_airflow.rest import AirflowApi


class Answers(BaseHTTPRequestHandler):
    """Answers with the statuses in `plan`, one after the other, the last one for ever, and notes what was asked."""

    plan: list[int]
    asked: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(self.path)
        self.send_response(self.plan.pop(0) if len(self.plan) > 1 else self.plan[0])
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server() -> Iterator[type[Answers]]:
    """A server on loopback; `plan` and `asked` are this test's own."""
    handler = type("Handler", (Answers,), {"plan": [200], "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        handler.port = http.server_address[1]
        yield handler
        http.shutdown()
        thread.join()


def api(server: type[Answers]) -> AirflowApi:
    return AirflowApi(Configuration(Path(), server.port, Secrets("", "", "", ""), {}))


def test_a_stalled_database_is_asked_again(server: type[Answers]):
    # GIVEN an API server that answers 500 twice, as on a locked SQLite, WHEN something is posted
    server.plan = [500, 500, 200]
    api(server).post("/pools", {"name": "edgar"})
    # THEN it was posted until it was accepted
    assert server.asked == ["/api/v2/pools"] * 3


def test_a_repeated_post_that_meets_its_own_effect_has_succeeded(server: type[Answers]):
    server.plan = [500, 409]
    api(server).post("/pools", {"name": "edgar"}, already_there=True)
    assert server.asked == ["/api/v2/pools"] * 2


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422])
def test_what_is_our_own_mistake_is_said_at_once(server: type[Answers], status: int):
    server.plan = [status]
    with pytest.raises(RuntimeError, match=rf"^Airflow's API refused POST /api/v2/pools: {status}"):
        api(server).post("/pools", {})
    assert server.asked == ["/api/v2/pools"]


def test_a_batch_is_done_when_each_landed_day_had_its_run_of_the_warehouse():
    landed, failed = Run("edgar_daily", "a", "2020-03-05", "success"), Run("edgar_daily", "b", "2020-03-06", "failed")
    building = Run("edgar_warehouse", "c", "2020-03-05", "running")
    built = Run("edgar_warehouse", "c", "2020-03-05", "success")
    # A red day does not stop the waiting, a warehouse run that is still to be created or to end does.
    assert not Progress((landed, failed), (), frozenset({"2020-03-05"})).is_done
    assert not Progress((landed, failed), (building,), frozenset()).is_done
    done = Progress((landed, failed), (built,), frozenset())
    assert done.is_done
    assert done.failed == (failed,)
    assert str(done) == "edgar_daily: 1 failed, 1 success; edgar_warehouse: 1 success"
