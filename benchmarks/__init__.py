"""Benchmarks: each figure of the README has one command here. Not installed with the package."""
