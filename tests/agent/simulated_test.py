"""The agent's counts are equal to the simulator's, which knows what it did."""

import unittest

from running import Agent, Simulator, Speaker, counted, counted_by_tunnel, wait_until, without_living

MARK = 'pppd_version="simulated"'


def total_ends(samples):
    prefix = 'pppol2tp_session_ends_total{cause="'
    return {series.removeprefix(prefix).removesuffix('"}'): int(value)
            for series, value in samples.items() if series.startswith(prefix) and value}


class Simulated(unittest.TestCase):
    def assert_agrees(self, agent, truth):
        wait_until("all ends are seen", lambda: sum(total_ends(agent.samples()).values()) >= sum(truth["ends"].values()))
        samples = agent.samples()
        self.assertEqual(counted(samples), without_living(truth))
        self.assertEqual(counted_by_tunnel(samples, truth["tunnels"]), truth["tunnels"])

    def test_a_mass_drop_is_counted_by_cause_and_the_peers_dial_again(self):
        with Agent() as agent, Simulator(agent.ring, sessions=2000, tunnels=4, ramp=0.2, redial=1) as simulator:
            wait_until("all are up", lambda: agent.value("pppol2tp_sessions_up") == 2000)
            self.assertEqual(simulator.say("drop 1700 echo_timeout"), "ok 1700")
            self.assertEqual(simulator.say("drop 100 peer_request"), "ok 100")
            wait_until("all are back", lambda: agent.value("pppol2tp_sessions_up") == 2000)
            truth = simulator.stop()
            self.assertEqual(truth["ends"], {"echo_timeout": 1700, "peer_request": 100, "user_request": 2000})
            self.assert_agrees(agent, truth)

    def test_churn_with_failing_set_ups_is_counted_exactly(self):
        with Agent() as agent, Simulator(agent.ring, sessions=300, tunnels=3, ramp=0.5, redial=0.1, life=0.5,
                                         interval=0.2, failing=0.2) as simulator:
            wait_until("sessions came and went", lambda: simulator.report()["starts"] > 1500)
            truth = simulator.stop()
            self.assertGreater(truth["ends"]["auth_failed"], 0)
            self.assertEqual(truth["living"], 0)
            self.assert_agrees(agent, truth)

    def test_traffic_of_ten_thousand_sessions_that_came_and_went_stays_in_the_totals(self):
        # Ended sessions are forgotten while others start. One session in each tunnel stays, so that the tunnel is not
        # forgotten.
        with Agent(retention="1s") as agent:
            staying = [Speaker(agent.ring, tunnel, 60_000) for tunnel in range(1, 5)]
            for speaker in staying:
                self.addCleanup(speaker.close)
            with Simulator(agent.ring, sessions=1000, tunnels=4, ramp=2, redial=0.2, life=1, interval=0.5) as simulator:
                wait_until("ten thousand sessions", lambda: simulator.report()["starts"] >= 10_000)
                wait_until("sessions are forgotten", lambda: agent.value("pppol2tp_sessions_departed") < 5000)
                truth = simulator.stop()
            truth["starts"] += len(staying)
            self.assert_agrees(agent, truth)

    def test_a_simulator_that_is_killed_takes_all_its_sessions_along(self):
        with Agent() as agent, Simulator(agent.ring, sessions=4000, ramp=0.2) as simulator:
            wait_until("all are up", lambda: agent.value("pppol2tp_sessions_up") == 4000)
            simulator.kill()
            wait_until("all are seen to be gone", lambda: total_ends(agent.samples()) == {"killed": 4000})

    def test_simulated_sessions_are_marked(self):
        with Agent() as agent, Simulator(agent.ring, sessions=5, ramp=0):
            wait_until("all are up", lambda: agent.value("pppol2tp_sessions_up") == 5)
            infos = [series for series in agent.samples() if series.startswith("pppol2tp_session_info{")]
            self.assertEqual(len(infos), 5)
            for series in infos:
                self.assertIn(MARK, series)
                self.assertIn('ifname="sim', series)

    def test_bad_commands_are_named(self):
        with Agent() as agent, Simulator(agent.ring, sessions=1) as simulator:
            self.assertEqual(simulator.say("drop 1 boredom"), "error: no such cause: boredom")
            self.assertIn("not a command", simulator.say("dance"))
