"""What runs each kind of job."""

from collections.abc import Mapping

from graph.jobs import Runner

RUNNERS: Mapping[str, Runner] = {}
"""Runners by kind of job."""
