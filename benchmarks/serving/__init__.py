"""Ways to serve the warehouse to many readers and writers, side by side: the published file, a DuckDB server, DuckLake.

`main` runs in the project's environment and starts everything else as processes; clients and server of Quack and DuckLake run in an
environment of their own (benchmarks/serving.txt). All of it listens on 127.0.0.1 or on a socket in a private folder, for one run.
"""
