"""Processor time, and how to measure it reliably on a machine with other users.

Server and client each have a processor, where nothing takes precedence over them (SCHED_FIFO), so only the hypervisor can
interrupt them. What the server causes counts as its own: data for the loopback interface is delivered by its sender or,
when the kernel finds that there is much of it, by the kernel's thread ksoftirqd. That is half of the work, in one scrape
and not in the next.
"""

import os
import pathlib
import sys
import time

NANOSECOND = 1e-9
PROCESSORS = sorted(os.sched_getaffinity(0))
SERVERS, CLIENTS = PROCESSORS[0], PROCESSORS[-1]


def keep_to(processor):
    """This process and its children run only there, before all others."""
    os.sched_setaffinity(0, {processor})
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        print("not allowed to come before other processes: others' work is in what follows", file=sys.stderr)


def delivering_thread(processor):
    for path in pathlib.Path("/proc").glob("[0-9]*/comm"):
        if path.read_text().strip() == f"ksoftirqd/{processor}":
            return path.parent
    raise SystemExit(f"ksoftirqd/{processor} is not to be seen: this needs the host's /proc")


def processor_seconds(pid):
    """Of all threads of a process, from its clock (clock_getcpuclockid(3))."""
    return time.clock_gettime(~pid << 3 | 2)


class DeliveryMeter:
    """Time in which the kernel's thread delivered for servers that run on SERVERS."""

    def __init__(self):
        self.schedule = delivering_thread(SERVERS) / "schedstat"

    def seconds(self):
        return int(self.schedule.read_text().split()[0]) * NANOSECOND
