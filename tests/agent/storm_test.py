"""The agent under load, while processes are killed: in the end its counts are equal to what the writers did."""

import os
import random
import resource
import signal
import socket
import time
import unittest

from running import PATIENCE, Agent, Simulator, Speaker, counted, wait_until, without_living

KILLS = int(os.environ.get("PPPOL2TP_KILLS", "8"))  # tests/bench/agent/kill_storm has a hundred


class Simulated(unittest.TestCase):
    def simulation(self, agent, **flags):
        simulation = Simulator(agent.ring, **flags)
        self.addCleanup(simulation.kill)
        return simulation


class Storm(Simulated):
    def assert_counts_become(self, agent, truth):
        wanted = without_living(truth)
        deadline = time.monotonic() + PATIENCE
        while (found := counted(agent.samples())) != wanted and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertEqual(found, wanted)
        self.assertEqual(agent.value("pppol2tp_ring_lost_records_total"), 0)

    def test_agent_that_is_killed_again_and_again_counts_every_start_and_end_by_cause(self):
        chance = random.Random(1701)
        with Agent(retention="1s") as agent:
            simulation = self.simulation(agent, sessions=200, tunnels=4, interval=1, life=2, redial=0.1, failing=0.1)
            for kill in range(KILLS):
                time.sleep(chance.uniform(0, 0.5))
                if kill % 3 == 0:
                    simulation.drop(10, "echo_timeout")
                agent.kill()
                agent.start()
            truth = simulation.stop()
            self.assertGreater(truth["starts"], 50)
            self.assert_counts_become(agent, truth)

    def test_sessions_that_all_drop_at_once_are_all_counted_by_cause(self):
        with Agent() as agent:
            simulation = self.simulation(agent, sessions=2000, tunnels=2, ramp=0.5)
            wait_until("all are up", lambda: agent.value("pppol2tp_sessions_up") == 2000)
            dropped = simulation.drop(1500, "peer_request")
            self.assertEqual(dropped, 1500)
            ends = 'pppol2tp_session_ends_total{cause="peer_request"}'
            wait_until("all ends are counted", lambda: agent.value(ends) == 1500)
            self.assertEqual(agent.value("pppol2tp_sessions_up"), 500)
            self.assert_counts_become(agent, simulation.stop())


class Replaced(Simulated):
    def test_sessions_of_a_ring_that_is_taken_away_stay_until_their_process_goes_and_the_new_rings_come(self):
        with Agent() as agent:
            old = self.simulation(agent, sessions=20, ramp=0, interval=0.2)
            wait_until("the old ring's are up", lambda: agent.value("pppol2tp_sessions_up") == 20)
            agent.ring.unlink()
            new = [Speaker(agent.ring, 9, session_id) for session_id in (1, 2, 3)]
            for speaker in new:
                self.addCleanup(speaker.close)
                speaker.say("run")
            wait_until("the new ring's are up, too", lambda: agent.value("pppol2tp_sessions_up") == 23)
            old.kill()
            wait_until("the old ring's end", lambda: agent.value('pppol2tp_session_ends_total{cause="killed"}') == 20)
            self.assertEqual(agent.value("pppol2tp_sessions_up"), 3)
            new[0].say("count 1000")
            new[0].say("end 1")
            wait_until("the new ring's end", lambda: agent.value('pppol2tp_session_ends_total{cause="user_request"}') == 1)
            samples = agent.samples()
            self.assertEqual(samples["pppol2tp_session_starts_total"], 23)
            self.assertEqual(sum(v for name, v in samples.items() if name.startswith("pppol2tp_session_ends_total")), 21)
            self.assertEqual(samples['pppol2tp_tunnel_receive_bytes_total{tunnel_id="9"}'], 1000)


class Exhaustion(Simulated):
    def test_state_that_no_longer_fits_leaves_the_last_whole_one_and_is_told(self):
        def little_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))

        with Agent() as agent:
            first = Speaker(agent.ring, 9, 1)
            self.addCleanup(first.close)
            first.say("run")
            wait_until("it is up", lambda: agent.value("pppol2tp_sessions_up") == 1)
            self.assertEqual(agent.stop(), 0)
            whole = (agent.path / "state").read_bytes()
            agent.how = {"preexec_fn": little_room}
            agent.start()
            simulation = self.simulation(agent, sessions=500, ramp=0)
            wait_until("it is told", lambda: agent.value("pppol2tp_agent_checkpoint_success") == 0)
            self.assertFalse((agent.path / "state.new").exists())
            self.assertLess((agent.path / "state").stat().st_size, 200_000)
            self.assertGreaterEqual((agent.path / "state").stat().st_size, len(whole))
            agent.kill()
            agent.how = {}
            agent.start()
            wait_until("all are back", lambda: agent.value("pppol2tp_sessions_up") == 501)
            simulation.stop()

    def test_agent_without_a_descriptor_left_loses_no_session_and_recovers(self):
        def few_descriptors():
            resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))

        with Agent() as agent:
            agent.kill()
            agent.how = {"preexec_fn": few_descriptors}
            agent.start()
            speaker = Speaker(agent.ring, 1, 1)
            self.addCleanup(speaker.close)
            speaker.say("run")
            wait_until("it is up", lambda: agent.value("pppol2tp_sessions_up") == 1)
            crowd = [socket.create_connection(("127.0.0.1", agent.port)) for _ in range(60)]
            time.sleep(2)  # the collectors run twice
            for connection in crowd:
                connection.close()

            def answers():
                try:
                    return agent.value("pppol2tp_sessions_up") == 1
                except OSError:
                    return False

            wait_until("it answers again, and the session lives", answers)
            self.assertEqual(agent.value('pppol2tp_session_ends_total{cause="killed"}'), 0)


if __name__ == "__main__":
    unittest.main()
