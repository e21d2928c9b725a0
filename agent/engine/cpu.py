"""How many threads llama.cpp should use here. Too many is far worse than too few: its threads wait for each other."""

from __future__ import annotations

import os
from pathlib import Path

_CPU = Path("/sys/devices/system/cpu")
_CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")


def usable_threads() -> int:
    """Physical cores this process may use, at least 1: hyper-threads share the units that do the arithmetic.

    Respects the CPU affinity and a container's CPU quota (cgroup v2). Off Linux: the number of logical CPUs.
    """
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    logical = os.sched_getaffinity(0)
    cores = {_siblings(cpu) for cpu in logical}
    return max(1, min(len(cores), _quota()))


def _siblings(cpu: int) -> str:
    try:
        return (_CPU / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text().strip()
    except OSError:
        return str(cpu)


def _quota() -> int:
    """CPUs allowed by the container, rounded up; very many when there is no limit."""
    try:
        quota, period = _CGROUP_LIMIT.read_text().split()
    except (OSError, ValueError):
        return 10_000
    return 10_000 if quota == "max" else -(-int(quota) // int(period))
