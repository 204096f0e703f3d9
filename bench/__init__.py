"""Measures the real server against what the machine allows: see docs/performance.md."""
