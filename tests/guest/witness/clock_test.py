"""The wall clock is stepped by an hour, with sessions up and while the agent is down: no session's age changes."""

import time
import unittest

from support import Agent, Speaker, load_modules, series
from waiting import wait_until

HOUR = 3600
TOLERANCE = 2  # seconds, for clock steps below half a second and a slow scrape under emulation


def step(seconds):
    time.clock_settime(time.CLOCK_REALTIME, time.time() + seconds)


class SteppedClock(unittest.TestCase):
    def setUp(self):
        load_modules()
        self.offset = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
        self.addCleanup(lambda: time.clock_settime(
            time.CLOCK_REALTIME, self.offset + time.clock_gettime(time.CLOCK_BOOTTIME)))

    def agent_with_sessions(self, retention):
        """Session 1 is up, session 2 was ended by its peer."""
        agent = Agent(retention=retention)
        self.addCleanup(agent.__exit__, None, None, None)
        for session_id in (1, 2):
            speaker = Speaker(agent.ring, 1, session_id)
            self.addCleanup(speaker.close)
            speaker.say("run")
            speaker.say("count 1000")
        speaker.say("end 2")
        agent.start()
        wait_until(lambda: agent.value(series("session_up", 1, 2)) == 0, 10, "its end told")
        return agent

    def ages(self, agent):
        now, samples = time.time(), agent.samples()
        return (now - samples[series("session_start_time_seconds", 1, 1)],
                now - samples[series("session_end_time_seconds", 1, 2)])

    def assert_nothing_has_changed_but_age(self, agent, before, since):
        grown = time.monotonic() - since

        def right():
            return all(abs(now - then - grown) <= TOLERANCE for now, then in zip(self.ages(agent), before))

        # The agent looks at the wall clock once a second.
        wait_until(right, 3, f"ages {before} and {grown:.1f} s more; they are {self.ages(agent)}")
        samples = agent.samples()
        self.assertEqual(samples[series("session_up", 1, 1)], 1)
        self.assertEqual(samples[series("session_up", 1, 2)], 0)
        self.assertEqual(samples["pppol2tp_session_starts_total"], 2)
        self.assertEqual(samples['pppol2tp_session_ends_total{cause="peer_request"}'], 1)
        self.assertEqual(samples["pppol2tp_receive_bytes_total"], 2000)

    def test_start_and_end_times_follow_the_clock_forwards_and_backwards_and_nothing_else_does(self):
        agent = self.agent_with_sessions(retention="15m")
        before, since = self.ages(agent), time.monotonic()
        for seconds in (HOUR, -2 * HOUR, HOUR):
            step(seconds)
            self.assert_nothing_has_changed_but_age(agent, before, since)

    def test_clock_that_is_stepped_while_the_agent_is_away_makes_nothing_older(self):
        agent = self.agent_with_sessions(retention="15m")
        before, since = self.ages(agent), time.monotonic()
        for seconds in (HOUR, -2 * HOUR):
            self.assertEqual(agent.stop(), 0)
            step(seconds)
            agent.start()
            self.assert_nothing_has_changed_but_age(agent, before, since)

    def test_ended_session_goes_after_its_time_whatever_the_clock_says(self):
        agent = self.agent_with_sessions(retention="5s")
        step(-HOUR)
        wait_until(lambda: agent.value(series("session_up", 1, 2)) is None, 15, "the ended session gone")
        self.assertEqual(agent.value(series("session_up", 1, 1)), 1)


if __name__ == "__main__":
    unittest.main()
