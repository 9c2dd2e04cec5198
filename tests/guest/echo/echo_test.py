"""LCP echoes: the agent's numbers are compared with what tcpdump sees of the same exchange.

Runs in a guest whose clock counts executed instructions (deploy/vm/boot --clock instructions): with the machine's own
clock, an emulated pppd is often later than promised.
"""

import contextlib
import itertools
import os
import signal
import subprocess
import unittest

import twin
from link import PPP_ADDRESSES, Link, wait_for_exit
from sessions import AgentTest
from twin_scenarios import IPV4_UP, LNS, SOCKET
from waiting import wait_until
from wire import Capture, Exchange, exchanges_of, impair

PROMISED = 0.001
CLOCK = 0.00001  # tcpdump shows microseconds, and each duration is the difference of two
DELAYS = ("20ms", "60ms", "150ms")
EACH = 4  # exchanges with each delay, at least
LOST = 2
ECHO = ("lcp-echo-interval", "1", "lcp-echo-failure", "60", "pppol2tp_stats_interval", "1")
# pppd logs a frame before it passes it to the plugin.
QUIET = tuple(option for option in twin.COMMON if option != "debug")


class Reading(unittest.TestCase):
    """The parser of tcpdump's lines."""

    def test_a_reply_belongs_to_the_latest_request_of_its_identifier_and_only_the_first_one_counts(self):
        lines = (
            "10.000001 IP 1.1.1.1.1701 > 2.2.2.2.1701:  l2tp:[](5/6) {LCP, Echo-Request (0x09), id 1, length 10}",
            "10.500000 IP 2.2.2.2.1701 > 1.1.1.1.1701:  l2tp:[](7/8) {LCP, Echo-Request (0x09), id 2, length 10}",
            "11.000000 IP 1.1.1.1.1701 > 2.2.2.2.1701:  l2tp:[](5/6) {LCP, Echo-Request (0x09), id 1, length 10}",
            "11.250000 IP 2.2.2.2.1701 > 1.1.1.1.1701:  l2tp:[](7/8) {LCP, Echo-Reply (0x0a), id 1, length 10}",
            "11.750000 IP 2.2.2.2.1701 > 1.1.1.1.1701:  l2tp:[](7/8) {LCP, Echo-Reply (0x0a), id 1, length 10}",
        )
        self.assertEqual(
            exchanges_of("\n".join(lines), "1.1.1.1"), [Exchange(1, 10.000001), Exchange(1, 11.0, answered=11.25)]
        )


class Echo(AgentTest):
    def told(self, name):
        return self.agent.metrics().value(f"pppol2tp_session_lcp_echo_{name}", **self.labels)

    def note_times(self):
        """Notes the agent's latest round-trip time by the number of answers, and their sum by that number."""
        metrics = self.agent.metrics()
        replies = metrics.value("pppol2tp_session_lcp_echo_replies_total", **self.labels)
        if replies:
            self.latest[int(replies)] = metrics.value("pppol2tp_session_lcp_echo_rtt_seconds", **self.labels)
        count = int(metrics.value("pppol2tp_lcp_echo_rtt_seconds_count"))
        self.sums[count] = metrics.value("pppol2tp_lcp_echo_rtt_seconds_sum")

    def wait_until(self, condition, what):
        """Notes everything that the agent shows meanwhile: there is an echo every second."""

        def holds():
            self.note_times()
            return condition()

        wait_until(holds, 90, what, pause=0.05)

    def passed(self):
        """How many exchanges were answered so far, and how many were lost."""
        exchanges = self.capture.exchanges()
        answered = sum(e.answered is not None for e in exchanges)
        return answered, len(exchanges) - answered

    def set_up(self, link):
        self.labels, self.latest, self.sums = link.lns.labels(), {}, {0: 0.0}
        twin.start(link.lns, self.plugin, (*LNS, *ECHO), QUIET)
        # A higher priority than everything else in the guest: waiting for the processor is not part of the round
        # trip.
        os.sched_setscheduler(link.lns.process.pid, os.SCHED_FIFO, os.sched_param(1))
        twin.start(link.lac, self.plugin, SOCKET)
        for end in link.ends.values():
            end.wait_for(IPV4_UP)

    @contextlib.contextmanager
    def traffic(self, link):
        """Makes the plugin keep its interval, and report after each answer."""
        peer = PPP_ADDRESSES["lns"].partition(":")[2]
        arguments = ["ip", "netns", "exec", link.lns.namespace, "ping", "-q", "-i", "0.3", peer]
        with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as ping:
            yield
            ping.kill()

    def tear_down(self, link):
        """Waits until just after an answer: then no exchange is in progress that only one of the two would count."""
        before, _ = self.passed()
        self.wait_until(lambda: self.passed()[0] > before and not self.is_under_way(), "one more answer")
        link.lns.process.send_signal(signal.SIGTERM)
        wait_for_exit(link.ends.values())
        self.wait_until(lambda: self.agent.metrics().samples("pppol2tp_session_end_info", **self.labels), "its end")

    def is_under_way(self):
        return self.capture.exchanges()[-1].answered is None

    def exchange(self):
        """A session from start to end: several delays, losses, and back to normal."""
        directory = twin.DIRECTORY / "echo"
        with Link("echo", directory) as link, Capture(link.lns, directory) as self.capture:
            self.set_up(link)
            with self.traffic(link):
                for number, delay in enumerate(DELAYS, 1):
                    impair(link.lac, "delay", delay)
                    self.wait_until(lambda: self.passed()[0] >= EACH * number, f"echos at {delay}")
                impair(link.lac, "loss", "100%")
                self.wait_until(lambda: self.passed()[1] >= LOST, "echos without an answer")
                impair(link.lac, "delay", DELAYS[0])
                self.wait_until(lambda: (self.told("losses_total") or 0) >= LOST, "losses at the agent")
            self.tear_down(link)
            return self.capture.exchanges()

    def assert_close(self, differences):
        """Each of them is never less than on the wire, and more by no more than promised."""
        self.assertGreaterEqual(min(differences), -CLOCK, differences)
        self.assertLessEqual(max(differences), PROMISED, differences)

    def test_every_time_and_the_counts_are_those_on_the_wire(self):
        exchanges = self.exchange()
        times = [e.rtt for e in exchanges if e.answered is not None]
        self.assertGreater(len(times), EACH * len(DELAYS))
        self.assertEqual(
            [self.told(f"{name}_total") for name in ("requests", "replies", "losses")],
            [len(exchanges), len(times), len(exchanges) - len(times)],
        )
        self.assertEqual((max(self.latest), max(self.sums)), (len(times), len(times)))
        # Most of them were the latest when the agent was asked; the others are in the sum, with the one after them.
        self.assertGreater(len(self.latest), len(times) / 2)
        self.assert_close([told - times[number - 1] for number, told in self.latest.items()])
        sums = sorted(self.sums.items())
        self.assert_close(
            [
                (until_sum - from_sum - sum(times[start:until])) / (until - start)
                for (start, from_sum), (until, until_sum) in itertools.pairwise(sums)
            ]
        )


if __name__ == "__main__":
    unittest.main()
