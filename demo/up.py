"""`make up DEMO=1`: Airflow's UI over the demo: its archive served as EDGAR, its runs, its warehouse.

Days of the demo that are not loaded yet are triggered at the start, so the command also works on its own, without
`make demo` before it. A backfill in the UI asks the stand-in server: a day that the archive does not have ends red.
"""

import sys

from demo.archive import DAYS, generate
from demo.environment import demo_environment, demo_folder, is_done, settings_for
from local_airflow import AirflowStopped, LocalAirflow
from local_airflow.components import EVERYTHING
from local_airflow.serving import serve_until_stopped
from tests.fake_edgar import FakeEdgar


def main() -> None:
    """Serve the archive and Airflow until Ctrl-C."""
    folder = demo_folder()
    with FakeEdgar(generate(folder / "archive")) as edgar:
        environment = demo_environment(folder, edgar.url)
        serve_until_stopped(
            lambda port: LocalAirflow(folder / "airflow", environment, port, beside=EVERYTHING),
            when_ready=_load_missing,
        )


def _load_missing(airflow: LocalAirflow) -> None:
    """Trigger the demo's days unless they are published; nobody waits for them here: the UI shows them."""
    if is_done(settings_for(demo_folder(), "http://127.0.0.1:9")):
        print(f"The demo's {len(DAYS)} days are loaded.", flush=True)
        return
    airflow.trigger_days(DAYS)
    print(f"The demo's {len(DAYS)} days are being loaded; the UI shows their runs.", flush=True)


if __name__ == "__main__":
    try:
        main()
    except AirflowStopped as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        print("Stopped.")
