"""Processor time, and how to measure it reliably on a machine with other users.

Server and client each have a processor, where nothing takes precedence over them (SCHED_FIFO), so only the hypervisor can
interrupt them. What the server causes counts as its own: data for the loopback interface is delivered by its sender or,
when the kernel finds that there is much of it, by the kernel's thread ksoftirqd. That is half of the work, in one scrape
and not in the next.
"""

import os
import pathlib
import subprocess
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


def keep_to_none():
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.sched_setaffinity(0, PROCESSORS)


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


class DistanceMeter:
    """Whether the processors share a cache, near, or not, far: what is sent from one to the other then costs up to twice as
    much. Virtual processors move between the two."""

    DISTANCES = ("near", "far")

    def __init__(self, server):
        """`server`: the built exposition_server, next to whose folder the ring's benchmark is."""
        self.program = pathlib.Path(server).parent.parent / "ring/ring_bench"
        self.measure()

    def measure(self):
        """Sets and returns `last`."""
        self.last = subprocess.run([self.program, "hop"], capture_output=True, check=True, text=True,
                                   preexec_fn=keep_to_none).stdout.strip()
        assert self.last in self.DISTANCES, self.last
        return self.last
