"""The agent's state survives its end, however it ends, and everything is counted once."""

import os
import unittest

from running import Agent, Speaker, wait_until

PEER_REQUEST, USER_REQUEST = 2, 1  # causes.def


def up(tunnel_id, session_id):
    return f'pppol2tp_session_up{{tunnel_id="{tunnel_id}",session_id="{session_id}"}}'


def ends(cause):
    return f'pppol2tp_session_ends_total{{cause="{cause}"}}'


class Restart(unittest.TestCase):
    def speaker(self, agent, tunnel_id, session_id):
        speaker = Speaker(agent.ring, tunnel_id, session_id)
        self.addCleanup(lambda: speaker.process.stdin.closed or speaker.close())
        return speaker

    def test_killed_agent_counts_what_it_missed_once(self):
        with Agent() as agent:
            staying, leaving, dying = (self.speaker(agent, 1, n) for n in (1, 2, 3))
            for speaker in (staying, leaving, dying):
                speaker.say("run")
            wait_until("all are up", lambda: agent.value("pppol2tp_sessions_up") == 3)
            agent.kill()
            staying.say("count 1000")
            leaving.say(f"end {PEER_REQUEST}")
            dying.kill()
            agent.start()
            samples = agent.samples()
            self.assertEqual(samples[up(1, 1)], 1)
            self.assertEqual(samples[up(1, 2)], 0)
            self.assertEqual(samples[up(1, 3)], 0)
            self.assertEqual(samples["pppol2tp_session_starts_total"], 3)
            self.assertEqual(samples[ends("peer_request")], 1)
            self.assertEqual(samples[ends("killed")], 1)
            self.assertEqual(samples["pppol2tp_receive_bytes_total"], 1000)

    def test_log_says_once_that_there_is_no_ring_and_once_that_it_is_read(self):
        with Agent() as agent:
            self.speaker(agent, 1, 1).say("run")
            wait_until("the ring is read", lambda: "reading the ring" in agent.log.read_text())
            log = agent.log.read_text()
            self.assertEqual((log.count("no ring to read yet"), log.count("reading the ring")), (1, 1))

    def test_many_restarts_neither_lose_nor_double(self):
        with Agent() as agent:
            for round_number in range(1, 6):
                speaker = self.speaker(agent, 1, round_number)
                speaker.say(f"count {100 * round_number}")
                agent.kill() if round_number % 2 else agent.stop()
                speaker.say(f"end {USER_REQUEST}")
                agent.start()
            samples = agent.samples()
            self.assertEqual(samples["pppol2tp_session_starts_total"], 5)
            self.assertEqual(samples[ends("user_request")], 5)
            self.assertEqual(samples["pppol2tp_receive_bytes_total"], 1500)
            self.assertEqual(samples["pppol2tp_ring_lost_records_total"], 0)

    def test_ended_session_is_still_shown_after_a_restart_and_goes_after_its_time(self):
        with Agent(retention="3s") as agent:
            self.speaker(agent, 1, 1).say(f"end {PEER_REQUEST}")
            wait_until("its end is shown", lambda: agent.value(up(1, 1)) == 0)
            agent.stop()
            agent.start()
            self.assertEqual(agent.value(up(1, 1)), 0)
            wait_until("it goes", lambda: agent.value(up(1, 1)) is None)
            self.assertEqual(agent.value(ends("peer_request")), 1)

    def test_broken_state_file_is_a_fresh_start_said_in_the_log(self):
        with Agent() as agent:
            self.speaker(agent, 1, 1).say("run")
            agent.stop()
            (agent.path / "state").write_bytes(b"nonsense" * 100)
            agent.start()
            self.assertEqual(agent.value(up(1, 1)), 1)
            self.assertIn("starting without the saved state", agent.log.read_text())

    def test_pipe_in_place_of_the_state_file_does_not_keep_it_waiting(self):
        with Agent() as agent:
            agent.stop()
            state = agent.path / "state"
            state.unlink(missing_ok=True)
            os.mkfifo(state)
            agent.start()
            self.assertIn(f"{state}: is not a regular file", agent.log.read_text())
            self.assertEqual(agent.stop(), 0)
            self.assertTrue(state.is_file())

    def test_state_that_cannot_be_written_is_a_metric_and_one_line(self):
        with Agent(state_file="/proc/no-such-place/state") as agent:
            wait_until("it shows", lambda: agent.value("pppol2tp_agent_checkpoint_success") == 0)
            self.assertEqual(agent.log.read_text().count("cannot save the state"), 1)

    def test_number_of_a_closed_standard_stream_is_nobodys(self):
        with Agent() as agent:
            agent.stop()
            agent.prefix = ("sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-')
            agent.start()
            opened = [os.readlink(f"/proc/{agent.process.pid}/fd/{number}") for number in range(3)]
            self.assertEqual(opened, ["/dev/null"] * 3)

    def test_sigterm_ends_it_cleanly(self):
        with Agent() as agent:
            self.assertEqual(agent.stop(), 0)


class Retention(unittest.TestCase):
    def test_killed_session_is_noticed_and_kept(self):
        with Agent() as agent:
            speaker = Speaker(agent.ring, 7, 8)
            speaker.say("run")
            wait_until("it is up", lambda: agent.value(up(7, 8)) == 1)
            speaker.kill()
            wait_until("its death is seen", lambda: agent.value(up(7, 8)) == 0)
            info = [series for series in agent.samples() if series.startswith("pppol2tp_session_end_info")]
            self.assertEqual(len(info), 1)
            self.assertIn('cause="killed"', info[0])
            self.assertIn('phase="running"', info[0])


if __name__ == "__main__":
    unittest.main()
