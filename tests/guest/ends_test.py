"""Ends: within two seconds, both sides of a session show that it ended and why, for as long as promised."""

import signal
import time
import unittest

from pair import Pair
from waiting import wait_until

RETENTION_SECONDS = 15


class Ends(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pair = Pair.for_class(cls, sessions=5, retention=f"{RETENTION_SECONDS}s")
        cls.unused = cls.pair.both_ends()
        cls.pair.wait_for_metrics_of([end for both in cls.unused for end in both])

    def end_session_by(self, which_end, signal_number):
        """Kills the pppd of one end (0: LNS's, 1: LAC's). Returns (that end, the other end)."""
        both = self.unused.pop()
        self.pair.kill_pppd_of(both[which_end], signal_number)
        return both[which_end], both[1 - which_end]

    def assert_down_within_two_seconds(self, *sessions):
        def all_down():
            metrics = self.pair.metrics()
            return all(metrics.value("pppol2tp_session_up", **s.labels()) == 0 for s in sessions)

        wait_until(all_down, 2, f"session_up 0 for {sessions}")

    def assert_ended_with(self, session, cause):
        def told():
            return self.pair.metrics().samples("pppol2tp_session_end_info", **session.labels())

        found = wait_until(told, 10, f"session_end_info of {session}")
        self.assertEqual([s.labels["cause"] for s in found], [cause])

    def test_sigterm_on_the_lac_is_a_user_request_there_and_a_peer_request_on_the_lns(self):
        lac, lns = self.end_session_by(1, signal.SIGTERM)
        self.assert_down_within_two_seconds(lac, lns)
        self.assert_ended_with(lac, "user_request")
        self.assert_ended_with(lns, "peer_request")

    def test_sigterm_on_the_lns_is_a_user_request_there_and_a_peer_request_on_the_lac(self):
        lns, lac = self.end_session_by(0, signal.SIGTERM)
        self.assert_down_within_two_seconds(lac, lns)
        self.assert_ended_with(lns, "user_request")
        self.assert_ended_with(lac, "peer_request")

    def test_a_call_that_the_lacs_daemon_closes_is_a_user_request_there(self):
        lns, lac = self.unused.pop()
        self.pair.hang_up(lac)
        self.assert_down_within_two_seconds(lac, lns)
        self.assert_ended_with(lac, "user_request")

    def test_sigkill_is_killed_and_the_other_end_is_hung_up_by_its_daemon(self):
        lac, lns = self.end_session_by(1, signal.SIGKILL)
        self.assert_down_within_two_seconds(lac)
        self.assert_ended_with(lac, "killed")
        self.assert_ended_with(lns, "user_request")

    def test_series_of_an_ended_session_stay_for_the_retention_time_and_then_go(self):
        lac, _ = self.end_session_by(1, signal.SIGKILL)
        self.assert_down_within_two_seconds(lac)
        ended = self.pair.metrics().value("pppol2tp_session_end_time_seconds", **lac.labels())
        self.assertIsNotNone(ended)
        names = ("up", "info", "end_info", "receive_packets_total")
        last_seen = time.time()
        while any(self.pair.metrics().samples(f"pppol2tp_session_{name}", **lac.labels()) for name in names):
            last_seen = time.time()
            metrics = self.pair.metrics()
            if last_seen < ended + RETENTION_SECONDS - 1:
                missing = [n for n in names if not metrics.samples(f"pppol2tp_session_{n}", **lac.labels())]
                self.assertEqual(missing, [], f"gone {last_seen - ended:.1f} s after the end")
            self.assertLess(last_seen, ended + RETENTION_SECONDS + 5, "still there long after the retention time")
            time.sleep(0.5)
        self.assertGreater(last_seen, ended + RETENTION_SECONDS - 2)
