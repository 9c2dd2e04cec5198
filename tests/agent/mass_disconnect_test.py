"""All sessions end at once while the agent is down: the case for which the ring's default sizes are chosen."""

import unittest

from running import Agent, Simulator, counted, wait_until, without_living

LARGE_HOST, SMALL_HOST = 8192, 1024  # MiB of memory: plugin/ring/layout.h says what size each gets
NEVER = 3600  # seconds
NEXT_TICKET = slice(4096, 4104)  # plugin/ring/layout.h, Control


class MassDisconnect(unittest.TestCase):
    def population(self, agent, sessions, **flags):
        """Makes sessions that are all up, and that the agent knows."""
        simulation = Simulator(agent.ring, sessions=sessions, tunnels=4, ramp=1, **flags)
        self.addCleanup(simulation.__exit__)
        wait_until("all are up", lambda: agent.value("pppol2tp_sessions_up") == sessions)
        return simulation

    def kill_with_all_in_memory(self, agent):
        """Like an agent that has known these sessions for long: its last checkpoint has all of them."""
        state = agent.path / "state"
        for _ in range(2):  # the first one may have been begun before
            before = state.stat().st_mtime_ns
            wait_until("it has written down", lambda: state.stat().st_mtime_ns != before)
        agent.kill()

    def assert_ends_are(self, agent, ends):
        wait_until("all ends are counted",
                   lambda: agent.value("pppol2tp_sessions_up") == 0 and counted(agent.samples())["ends"] == ends)

    def drop_all_while_the_agent_is_away(self, sessions, memory):
        with Agent(metrics="{detail: totals}") as agent:
            simulation = self.population(agent, sessions, interval=NEVER, memory=memory)
            self.kill_with_all_in_memory(agent)
            third = sessions // 3
            self.assertEqual(simulation.drop(third, "peer_request"), third)
            self.assertEqual(simulation.drop(sessions, "echo_timeout"), sessions - third)
            agent.start()
            self.assert_ends_are(agent, {"peer_request": third, "echo_timeout": sessions - third})
            self.assertEqual(counted(agent.samples()), without_living(simulation.report()))
            for loss in ("ring_lost_records", "ring_corrupt_records", "ring_session_gaps"):
                self.assertEqual(agent.value(f"pppol2tp_{loss}_total"), 0, loss)

    def test_default_ring_of_a_large_host_holds_the_ends_of_20000_sessions(self):
        self.drop_all_while_the_agent_is_away(20_000, LARGE_HOST)

    def test_default_ring_of_a_small_host_holds_the_ends_of_2900_sessions(self):
        self.drop_all_while_the_agent_is_away(2_900, SMALL_HOST)

    def test_ends_that_the_ring_no_longer_holds_are_taken_from_the_session_table(self):
        with Agent(metrics="{detail: totals}") as agent:
            simulation = self.population(agent, 2_900, interval=0.1, memory=SMALL_HOST)
            agent.kill()
            self.assertEqual(simulation.drop(1_500, "peer_request"), 1_500)

            def next_ticket():
                with open(agent.ring, "rb") as ring:
                    return int.from_bytes(ring.read(NEXT_TICKET.stop)[NEXT_TICKET], "little")

            dropped = next_ticket()
            wait_until("the others have lapped the ring", lambda: next_ticket() > dropped + 32_768)
            self.assertEqual(simulation.drop(2_900, "echo_timeout"), 1_400)
            agent.start()
            self.assert_ends_are(agent, {"peer_request": 1_500, "echo_timeout": 1_400})
            self.assertEqual(counted(agent.samples()), without_living(simulation.report()))
            self.assertGreater(agent.value("pppol2tp_ring_lost_records_total"), 0)


if __name__ == "__main__":
    unittest.main()
