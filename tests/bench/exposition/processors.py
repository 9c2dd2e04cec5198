"""Processor time, and how to make it mean something on a machine that others use too.

Server and client each have a processor of their own, and nobody runs there before them (SCHED_FIFO), so that nothing but
the hypervisor comes in between. What the server causes counts as its own: data for the loopback interface is delivered by
whoever sends it, or, when the kernel finds that there is much of it, by its thread ksoftirqd: half of the work, in one
scrape and not in the next one.
"""

import os
import pathlib
import sys
import time

NANOSECOND = 1e-9
PROCESSORS = sorted(os.sched_getaffinity(0))
SERVERS, CLIENTS = PROCESSORS[0], PROCESSORS[-1]


def keep_to(processor):
    """This process, and what it starts, stay there and come first there."""
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
    """Of all threads of a process, by its clock as clock_getcpuclockid(3) has it."""
    return time.clock_gettime(~pid << 3 | 2)


class DeliveryMeter:
    """What the kernel's thread has delivered for servers that keep to SERVERS."""

    def __init__(self):
        self.schedule = delivering_thread(SERVERS) / "schedstat"

    def seconds(self):
        return int(self.schedule.read_text().split()[0]) * NANOSECOND
