"""Measurements that anybody can repeat: `python -m benchmarks`. Never part of the tests; read the ratios, not the seconds."""
