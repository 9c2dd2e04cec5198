"""Counters: the agent's are the kernel's own."""

import unittest

from pair import Pair
from waiting import wait_until

COLUMNS = ("packets", "bytes", "errors")


class Counters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # No LCP echos: they are traffic too, and would go on when the pings have stopped.
        cls.pair = Pair.for_class(cls, sessions=3, ppp_options=["lcp-echo-interval 0"])

    def counters_of(self, metrics, session):
        return tuple(
            tuple(metrics.value(f"pppol2tp_session_{way}_{column}_total", **session.labels()) for column in COLUMNS)
            for way in ("transmit", "receive")
        )

    def sessions_at_rest(self):
        """The kernel's sessions, once a second has passed without any of their counters moving."""
        seen = []

        def at_rest():
            seen.append(self.pair.all_kernel_sessions())
            return len(seen) > 1 and seen[-1] == seen[-2]

        wait_until(at_rest, 30, "counters at rest", pause=1)
        return seen[-1]

    def test_counters_equal_the_kernels_once_traffic_has_stopped(self):
        wait_until(
            lambda: all(s.receive[0] >= 10 for s in self.pair.all_kernel_sessions()), 60, "ten packets on every session"
        )
        self.pair.stop_traffic()
        sessions = self.sessions_at_rest()
        self.assertEqual(len(sessions), 6)
        expected = {s: (s.transmit, s.receive) for s in sessions}

        def told():
            metrics = self.pair.metrics()
            return {s: self.counters_of(metrics, s) for s in sessions}

        # One interval of a second with its jitter, and one more for a slow machine.
        wait_until(lambda: told() == expected, 3, "counters equal to /proc/net/pppol2tp")
        self.assertEqual(self.pair.all_kernel_sessions(), sessions, "the kernel counted on: this compared moving figures")
