"""The agent is killed and started again during traffic: nothing is lost, nothing is counted twice."""

import signal
import unittest

from pair import Pair
from waiting import wait_until


def ends_by_cause(metrics):
    return {s.labels["cause"]: s.value for s in metrics.samples("pppol2tp_session_ends_total") if s.value}


class AgentRestart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pair = Pair.for_class(cls, sessions=5)
        cls.ends = cls.pair.both_ends()
        cls.pair.wait_for_metrics_of([end for both in cls.ends for end in both])

    def end_sessions(self, count):
        """Sends SIGTERM to the LAC's pppds: each session ends by user_request on one side, by peer_request on the other.

        Returns when the processes of both ends are gone, because their last reports are counted.
        """
        ended = [self.ends.pop() for _ in range(count)]
        pppds = [self.pair.pppd_of(end) for both in ended for end in both]
        for _, lac in ended:
            self.pair.kill_pppd_of(lac, signal.SIGTERM)
        wait_until(lambda: not any(pppd.exists() for pppd in pppds), 15, "pppd of both ends gone")
        return ended

    def assert_right_within_a_second(self, living, ended, ends):
        wait_until(self.pair.metrics_or_none, 30, "the agent serves again")

        def right():
            metrics = self.pair.metrics()
            return (
                all(metrics.value("pppol2tp_session_up", **s.labels()) == 1 for both in living for s in both)
                and all(metrics.value("pppol2tp_session_up", **s.labels()) == 0 for both in ended for s in both)
                and ends_by_cause(metrics) == ends
            )

        try:
            wait_until(right, 1, "the state of before")
        except AssertionError:
            self.fail(f"ends: {ends_by_cause(self.pair.metrics())}, expected {ends}")

    def test_ends_before_while_and_after_it_is_down_are_counted_once(self):
        before = self.end_sessions(1)
        wait_until(
            lambda: ends_by_cause(self.pair.metrics()) == {"user_request": 1, "peer_request": 1}, 5, "the first ends"
        )
        self.pair.kill_agent()
        meanwhile = self.end_sessions(2)
        self.pair.start_agent()
        self.assert_right_within_a_second(self.ends, before + meanwhile, {"user_request": 3, "peer_request": 3})

        # Once more, with nothing new to report.
        self.pair.kill_agent()
        self.pair.start_agent()
        self.assert_right_within_a_second(self.ends, before + meanwhile, {"user_request": 3, "peer_request": 3})

        after = self.end_sessions(1)
        self.assert_right_within_a_second(self.ends, before + meanwhile + after, {"user_request": 4, "peer_request": 4})
        self.assertEqual(self.pair.metrics().value("pppol2tp_session_starts_total"), 10)
