"""The use cases without Airflow: `python -m edgar_pipeline COMMAND …`.

Exit code 0: everything that was asked for is loaded or rightly absent. 1: something is missing or was refused, said in one
line. 2: the command itself is wrong, and nothing was requested.
"""

import sys

from edgar_pipeline.cli import main

if __name__ == "__main__":
    sys.exit(main())
