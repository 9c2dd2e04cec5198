"""Telemetry can fail, the call cannot: without the ring's directory pppd works as usual."""

import unittest

from pair import Pair
from waiting import wait_until

SESSIONS = 3


class NoRing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Returns when every session has its addresses on both sides.
        cls.pair = Pair.for_class(cls, sessions=SESSIONS, ring_directory=False)

    def lines_about_the_ring(self, lines):
        """The number of lines; two pppds that share a file may also share a line."""
        return "\n".join(lines).count("/run/pppol2tp/ring")

    def test_sessions_carry_traffic(self):
        def all_carry():
            sessions = self.pair.all_kernel_sessions()
            return len(sessions) == 2 * SESSIONS and all(s.receive[0] > 20 and s.transmit[0] > 20 for s in sessions)

        # Setting a link up takes ten packets.
        wait_until(all_carry, 60, "twenty packets both ways on every session")

    def test_each_pppd_says_so_in_exactly_one_line(self):
        for name, lines in self.pair.pppd_logs("lac").items():
            self.assertEqual(self.lines_about_the_ring(lines), 1, f"{name}: {lines}")
        (lns,) = self.pair.pppd_logs("lns").values()
        self.assertEqual(self.lines_about_the_ring(lns), SESSIONS, str(lns))
