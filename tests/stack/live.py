"""Two hosts with everything on them that dashboards show, scraped every second; a context manager.

Each host is a network namespace with an address of its own. Needs root.
"""

import contextlib
import os
import subprocess

from engines import Alertmanager, Prometheus, VictoriaMetrics, Webhook, wait_for
from running import Agent, Simulator, Speaker, wait_until

SCRAPES = "1s"
RATE_WINDOW = "10s"  # takes the place of $__rate_interval
SMALL, GREAT, DROPPED = 200, 1200, 700
# Somebody of lns1, and somebody who never comes.
EXPECTED = "[{name: branch, user: user100@simulated.example}, {name: headquarters, user: nobody}]"


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


class Netns:
    """A namespace with a wire to this one; a context manager. `number` is its own among those of this test."""

    def __init__(self, number):
        self.name = f"lns{number}-{os.getpid()}"
        self.prefix = ["ip", "netns", "exec", self.name]
        self.outer = f"l{number}-{os.getpid()}"
        # A /30 out of the range for benchmarks (RFC 2544), other ones for tests at the same time.
        net = (os.getpid() * 4 + number) % 16384 * 4
        self.addresses = [f"198.18.{(net + host) // 256}.{(net + host) % 256}" for host in (1, 2)]

    def __enter__(self):
        ip("netns", "add", self.name)
        ip("link", "add", self.outer, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        ip("address", "add", f"{self.addresses[0]}/30", "dev", self.outer)
        ip("link", "set", self.outer, "up")
        ip("-n", self.name, "address", "add", f"{self.addresses[1]}/30", "dev", "eth0")
        for link in ("lo", "eth0"):
            ip("-n", self.name, "link", "set", link, "up")
        return self

    def __exit__(self, *_):
        ip("link", "del", self.outer)
        ip("netns", "del", self.name)


class HostAgent(Agent):
    """The agent of such a host."""

    def __init__(self, netns, **options):
        self.address, self.prefix = netns.addresses[1], netns.prefix
        super().__init__(**options)


class Hosts:
    """lns1: 200 sessions on two tunnels, three that hung up, one that hangs in its set-up. lns2: 1,200 on three tunnels, of
    which 700 drop at once; set-ups fail now and then, sessions come and go."""

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            netns1, netns2 = (stack.enter_context(Netns(number)) for number in (1, 2))
            self.lns1 = stack.enter_context(HostAgent(netns1, expected_sessions=EXPECTED))
            self.lns2 = stack.enter_context(HostAgent(netns2))
            self._stack = stack.pop_all()
        return self

    def begin(self):
        """The sessions. A counter's first step is seen by those only who scraped before it."""
        self.few = self._stack.enter_context(Simulator(self.lns1.ring, self.lns1.prefix, sessions=SMALL, tunnels=2, ramp=0.5, interval=1))
        self.many = self._stack.enter_context(
            Simulator(self.lns2.ring, self.lns2.prefix, sessions=GREAT, tunnels=3, ramp=0.5, interval=1, failing=0.02, redial=3600))
        stuck = Speaker(self.lns1.ring, 1, 60000, self.lns1.prefix)
        self._stack.callback(stuck.close)
        wait_until("all are up", lambda: self.lns1.value("pppol2tp_sessions_up") == SMALL and
                   self.lns2.value("pppol2tp_sessions_up") > 0.9 * GREAT)

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    @property
    def targets(self):
        return {"lns1": self.lns1.target, "lns2": self.lns2.target}

    def let_some_go(self):
        assert self.few.say("drop 3 hangup") == "ok 3"
        assert self.few.say("drop 2 peer_request") == "ok 2"
        assert self.many.say(f"drop {DROPPED} hangup") == f"ok {DROPPED}"


class Stack:
    """The hosts, Prometheus with our rules, Alertmanager, and VictoriaMetrics that is written to by Prometheus."""

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.hosts = stack.enter_context(Hosts())
            self.webhook = stack.enter_context(Webhook())
            self.alertmanager = stack.enter_context(Alertmanager(self.webhook))
            self.victoria = stack.enter_context(VictoriaMetrics())
            writes = {"remote_write": [{"url": self.victoria.url + "/api/v1/write"}]}
            self.prometheus = stack.enter_context(
                Prometheus(self.hosts.targets, self.alertmanager, changes=writes, intervals=SCRAPES))
            self.let_time_pass(scrapes=2)
            self.hosts.begin()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    def let_time_pass(self, scrapes):
        """Until so many scrapes of both hosts are in."""
        seen = self._scrapes()
        wait_for(f"{scrapes} scrapes", lambda: self._scrapes() >= seen + scrapes, 10 * scrapes + 60)

    def _scrapes(self):
        return self.prometheus.value("min(count_over_time(up[1h]))") or 0

    def lost_session(self):
        """Labels of one of the three that hung up on lns1, once the alert on it fires."""
        alert = 'ALERTS{alertname="Pppol2tpSessionDown",alertstate="firing",instance="lns1"}'
        return wait_for("a session down", lambda: self.prometheus.query(alert), 120)[0][0]
