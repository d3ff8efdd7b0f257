"""Benchmarks: every module here with `measure() -> list[Ratio]` is found and run."""
