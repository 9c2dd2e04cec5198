"""Thousands of sessions in one tunnel, without a plugin, and what they cost the agent.

On Linux 6.1 the cost of a walk over the sessions of one tunnel grows with the square of their number, so this test
finds an agent that walks too often.
"""

import os
import pathlib
import time
import urllib.request
from dataclasses import dataclass, field

from support import Agent, Tunnel

SCRAPE_INTERVAL = 15  # seconds, as in deploy/prometheus


def make(tunnel_id, sessions):
    tunnel = Tunnel(tunnel_id)
    for session_id in range(1, sessions + 1):
        tunnel.create(session_id)
    return tunnel


def cpu_seconds(pid):
    """CPU time of the process and all its children, in user space and in the kernel."""
    return sum(_own_cpu_seconds(each) for each in _family_of(pid))


def _family_of(pid):
    yield pid
    for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _family_of(int(child))


def _own_cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """The costs of a period in which everything was scraped every `SCRAPE_INTERVAL` seconds."""

    seconds: float = 0
    cpu: float = 0  # seconds
    scrapes: list = field(default_factory=list)  # (wall, CPU), seconds each
    bytes: int = 0  # of the last scrape

    def share(self):
        """Percent of one processor, scrapes included."""
        return 100 * self.cpu / self.seconds

    def share_between_scrapes(self):
        return 100 * (self.cpu - sum(cpu for _, cpu in self.scrapes)) / (self.seconds - sum(w for w, _ in self.scrapes))

    def slowest(self):
        return max(wall for wall, _ in self.scrapes)


class Watch:
    """Scrapes an agent as Prometheus does, and measures the cost of that and of everything else."""

    def __init__(self, agent, interval=SCRAPE_INTERVAL):
        self.agent = agent
        self.interval = interval
        self.known = 0  # sessions without a plugin in the last scrape

    def scrape(self, cost):
        used, began = cpu_seconds(self.agent.process.pid), time.monotonic()
        with urllib.request.urlopen(f"http://{self.agent.target}/metrics", timeout=60) as answer:
            text = answer.read()
        cost.scrapes.append((time.monotonic() - began, cpu_seconds(self.agent.process.pid) - used))
        cost.bytes = len(text)
        self.known = text.count(b"\npppol2tp_session_plugin_present{")

    def until(self, is_enough, limit):
        """Runs until `is_enough(sessions known)`, checked with each scrape, or until `limit` seconds have passed."""
        cost = Cost()
        used, began = cpu_seconds(self.agent.process.pid), time.monotonic()
        while True:
            time.sleep(self.interval)
            self.scrape(cost)
            cost.seconds = time.monotonic() - began
            cost.cpu = cpu_seconds(self.agent.process.pid) - used
            if is_enough(self.known) or cost.seconds >= limit:
                return cost


def agent_for(sessions):
    """The default configuration, except for the limits."""
    return Agent(ask_kernel="true", max_sessions=2 * sessions, checkpoint_interval="5s")
