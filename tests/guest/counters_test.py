"""The agent's counters are equal to the kernel's."""

import unittest

from pair import Pair
from waiting import wait_until

COLUMNS = ("packets", "bytes", "errors")


class Counters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # No LCP echoes: they count as traffic, and would go on after the pings have stopped.
        cls.pair = Pair.for_class(cls, sessions=3, ppp_options=["lcp-echo-interval 0"])

    def counters_of(self, metrics, session):
        return tuple(
            tuple(metrics.value(f"pppol2tp_session_{way}_{column}_total", **session.labels()) for column in COLUMNS)
            for way in ("transmit", "receive")
        )

    def test_counters_equal_the_kernels_once_traffic_has_stopped(self):
        wait_until(
            lambda: all(s.receive[0] >= 10 for s in self.pair.all_kernel_sessions()), 60, "ten packets on every session"
        )
        self.pair.stop_traffic()

        def agree():
            sessions = self.pair.all_kernel_sessions()
            metrics = self.pair.metrics()
            told = {s: self.counters_of(metrics, s) for s in sessions}
            # A packet in between (IPv6 sends some itself) would change the numbers during the comparison.
            return (
                len(sessions) == 6
                and told == {s: (s.transmit, s.receive) for s in sessions}
                and self.pair.all_kernel_sessions() == sessions
            )

        # The interval is one second; an idle session is read after twelve of them at the latest.
        wait_until(agree, 20, "counters equal to /proc/net/pppol2tp")
