"""What all tests share: no network but loopback, a stand-in EDGAR over a small archive, settings that point at it."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import hypothesis
import pytest
from edgar_pipeline.object_store import object_folder
from edgar_pipeline.settings import Settings

from tests.clocks import VirtualClock
from tests.fake_edgar import FakeEdgar
from tests.pipeline_homes import pipeline_environment, warm
from tests.small_archive import SmallArchive

if TYPE_CHECKING:
    from tests.object_store import ObjectStore

# The same examples in every run, so that a change is judged by what it changes; search for new ones with
# pytest --hypothesis-profile=default.
hypothesis.settings.register_profile("fixed", derandomize=True, database=None)
hypothesis.settings.load_profile("fixed")

#: Folders whose files share fixtures that are worth more than running them side by side: one Airflow; warehouses of many builds.
TOGETHER = ("tests/dags/server/", "tests/dbt/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Distribute by file as `--dist loadfile` does, but keep the files of a folder in TOGETHER on one worker."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrFolder(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))

    return ByFileOrFolder(config, log)


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Fail whatever connects to another machine. Not an OSError: code under test would take that for a bad network."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded(original: Callable) -> Callable:
        def wrapper(self: socket.socket, address: object) -> object:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                _require_loopback(address[0])
            return original(self, address)

        return wrapper

    def guarded_getaddrinfo(host: object, *arguments: object, **options: object) -> list:
        _require_loopback(host)
        return getaddrinfo(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(connect))
        patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


def _require_loopback(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", socket.gethostname()):
        return
    try:
        allowed = ip_address(name).is_loopback or ip_address(name).is_unspecified
    except ValueError:
        allowed = False
    if not allowed:
        pytest.fail(f"a test wanted to connect to {name}: tests talk to 127.0.0.1 only")


@pytest.fixture
def archive(tmp_path: Path) -> SmallArchive:
    """An archive without a day in it, for the test to fill."""
    return SmallArchive(tmp_path / "archive")


@pytest.fixture
def fake_edgar(archive: SmallArchive) -> Iterator[FakeEdgar]:
    """The stand-in server over `archive`."""
    with FakeEdgar(archive.root) as edgar:
        yield edgar


@pytest.fixture
def settings(tmp_path: Path, fake_edgar: FakeEdgar) -> Settings:
    """Settings over the stand-in server in an empty home; so fast that a test need not wait for the limiter."""
    return replace(Settings.from_environment(pipeline_environment(tmp_path, fake_edgar)), requests_per_second=1000.0)


@pytest.fixture
def warm_home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same, in a home for builds that are not the first."""
    return warm(settings, tmp_path_factory)


@pytest.fixture(scope="module")
def object_store(only_loopback: None) -> "Iterator[ObjectStore]":
    """An object store, and this process's environment such that AWS's own clients find it."""
    from s3fs import S3FileSystem

    from tests.object_store import ObjectStore  # two seconds that only these tests wait for

    with ObjectStore().running() as store, pytest.MonkeyPatch.context() as patch:
        for name, value in store.environment().items():
            patch.setenv(name, value)
        # The client of this process knows its endpoint from its first request on.
        S3FileSystem.clear_instance_cache()
        yield store
        S3FileSystem.clear_instance_cache()


@pytest.fixture
def bucket(object_store: "ObjectStore") -> "Iterator[str]":
    """An empty bucket; its store serves every request, and its log begins here."""
    name = f"bucket-{uuid4().hex}"
    object_store.make_bucket(name)
    object_store.forgive()
    yield name
    object_store.forgive()


@pytest.fixture
def remote(settings: Settings, bucket: str, tmp_path: Path) -> Settings:
    """The settings with raw zone and originals in the bucket."""
    home = object_folder("EDGAR_HOME", f"s3://{bucket}/edgar/data")
    return replace(settings, home=home, separate_warehouse=tmp_path / "warehouse")


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands still but for those who sleep on it."""
    return VirtualClock()
