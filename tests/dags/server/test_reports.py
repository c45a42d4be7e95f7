"""The page *Reports* and the reports behind it: who may see them, what they may do in a browser, and that nothing else is served."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from tests.dags.server.conftest import Served

OLD, NEW = "20260115T010203Z-abc123", "20260116T010203Z-abc124"
PAGES = {
    "validation/index.html": "newest",
    f"validation/{OLD}/index.html": "old",
    f"validation/{OLD}/data_docs/index.html": "docs",
    f"validation/{OLD}/data_docs/expectations/raw.html": "suite",
    f"validation/{NEW}/index.html": "new",
    f"dbt/{NEW}/index.html": "<script>models</script>",
    "dbt/index.html": "<script>models</script>",
}
#: What lies beside the reports, and what a request could mean it by.
PRIVATE = {
    "passwords.json": "private",
    "reports/secret.html": "private",
    "reports/validation/secret.html": "private",
    f"reports/validation/{OLD}/data_docs/notes.txt": "private",
    f"reports/validation/{OLD}/.hidden/index.html": "private",
}


@pytest.fixture(scope="module", autouse=True)
def pages(served: Served) -> Iterator[None]:
    files = {f"reports/{name}": text for name, text in PAGES.items()} | PRIVATE
    for name, text in files.items():
        path = served.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    # A link out of the folder, under a name that a report could have.
    (served.home / f"reports/validation/{OLD}/data_docs/link.html").symlink_to(served.home / "passwords.json")
    yield
    (served.home / f"reports/validation/{OLD}/data_docs/link.html").unlink()


def get(served: Served, name: str, role: str | None = "viewer") -> httpx.Response:
    with served.client(role) as client:
        return client.get(f"/edgar-reports/{name}")


def test_the_list_leads_to_every_build_the_newest_first(served: Served):
    page = get(served, "").text
    assert page.index(f'href="validation/{NEW}/index.html"') < page.index(f'href="validation/{OLD}/index.html"')
    assert f'href="dbt/{NEW}/index.html"' in page and f'href="dbt/{OLD}/index.html"' not in page
    assert 'href="dbt/index.html"' in page


@pytest.mark.parametrize("name", PAGES)
def test_a_report_is_served_to_who_may_read_and_to_nobody_else(served: Served, name: str):
    answer = get(served, name)
    assert (answer.status_code, answer.text) == (200, PAGES[name])
    assert answer.headers["content-type"].startswith("text/html")
    assert get(served, name, role=None).status_code == 401


@pytest.mark.parametrize("name", ["", *PAGES])
def test_a_report_can_neither_run_as_us_nor_load_or_send_anything(served: Served, name: str):
    headers = get(served, name).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    assert policy["default-src"] == "'none'" and policy["form-action"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    # dbt's page runs its own script, and then has no origin of ours; every other may have it, and runs none.
    if name.startswith("dbt/"):
        assert policy["sandbox"] == "allow-scripts"
        assert policy["script-src"] == "'unsafe-inline' 'unsafe-eval'"
    else:
        assert policy.get("sandbox", "allow-same-origin") == "allow-same-origin"
        assert "script-src" not in policy
    assert "connect-src" not in policy


@pytest.mark.parametrize(
    "name",
    [
        "../passwords.json",
        "..%2fpasswords.json",
        "%2e%2e/passwords.json",
        f"validation/{OLD}/data_docs/../../../../passwords.json",
        f"validation/{OLD}/data_docs/..%2f..%2f..%2f..%2fpasswords.json",
        "validation/..%2f..%2fpasswords.json%00.html",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "secret.html",
        "validation/secret.html",
        f"validation/{OLD}/data_docs/notes.txt",
        f"validation/{OLD}/data_docs/link.html",
        f"validation/{OLD}/.hidden/index.html",
        f"validation/{OLD}",
        "validation",
        "validation/20260101T000000Z-ffffff/index.html",
        "docs",
        "openapi.json",
        "redoc",
    ],
)
def test_nothing_else_is_served(served: Served, name: str):
    # WHEN it is asked for as it stands here: a client would tidy it up
    status, body = raw_get(served, f"/edgar-reports/{name}")
    assert status in (404, 307), body
    assert "private" not in body and "root:" not in body


def raw_get(served: Served, target: str) -> tuple[int, str]:
    host, port = served.url.removeprefix("http://").split(":")
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}:{port}", f"Authorization: Bearer {served.token('viewer')}"]
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(("\r\n".join([*lines, "Connection: close", "", ""])).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    return int(answer.split(" ", 2)[1]), answer.partition("\r\n\r\n")[2]


def test_nothing_can_be_written(served: Served):
    with served.client("admin") as client:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert client.request(method, "/edgar-reports/validation/index.html").status_code == 405
    assert (served.home / "reports/validation/index.html").is_file()


def test_the_ui_offers_it(served: Served):
    plugins = served.airflow.api.get("/plugins")["plugins"]
    views = [view for plugin in plugins for view in plugin["external_views"]]
    assert ("Reports", "/edgar-reports/") in [(view["name"], view["href"]) for view in views]
