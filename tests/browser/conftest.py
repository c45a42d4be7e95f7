"""A real browser over a real Airflow: Chromium, headless, driven by Playwright; skipped where either is missing."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_airflow import LocalAirflow
from local_airflow.components import EVERYTHING
from local_airflow.configuration import USER
from tests.browser.days import DAYS
from tests.fake_edgar import FakeEdgar
from tests.pipeline_homes import pipeline_environment
from tests.small_archive import SmallArchive

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
SIZE = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Served:
    """An Airflow over a stand-in EDGAR."""

    airflow: LocalAirflow
    edgar: FakeEdgar
    home: Path


@pytest.fixture(scope="session")
def served(tmp_path_factory) -> Iterator[Served]:
    """GIVEN an archive of the index days of a window, and nothing loaded of it."""
    pytest.importorskip("playwright", reason="Playwright is not installed: make browser-test does it")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("browser")
    archive = SmallArchive(folder / "archive")
    for number, day in enumerate(DAYS):
        archive.put_day(day, 3, prefix=900001 + 1000 * number)
    with FakeEdgar(archive.root) as edgar:
        environment = pipeline_environment(folder, edgar)
        with LocalAirflow(folder / "airflow", environment, beside=EVERYTHING) as airflow:
            yield Served(airflow, edgar, folder / "home")


@pytest.fixture
def page(served: Served) -> Iterator:
    """A tab of a browser that nobody is logged in to."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start as root, which is what a container's tests run as.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        tab = browser.new_page(viewport=SIZE)
        tab.set_default_timeout(30_000)
        yield tab
        browser.close()


@pytest.fixture
def picture(page):
    """Take a picture of the page for docs/images, if they are to be made anew (`make browser-test PICTURES=docs/images`)."""
    folder = os.environ.get("PICTURES")

    def take(name: str) -> None:
        if folder:
            page.wait_for_timeout(1000)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take


def log_in(page, airflow: LocalAirflow, path: str) -> None:
    """Open a page as somebody who is not logged in, and log in."""
    page.goto(airflow.configuration.url + path)
    page.fill("input[name=username]", USER)
    page.fill("input[name=password]", airflow.configuration.secrets.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**" + path)
