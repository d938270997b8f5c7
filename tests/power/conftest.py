"""Hosts with kernels of their own, a lab for each file, as in tests/own."""

from __future__ import annotations

from tests.own.conftest import own

__all__ = ["own"]
