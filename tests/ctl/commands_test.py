"""What pppol2tpctl prints is what the sessions are."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from running import PATIENCE, Agent, Simulator, Speaker, wait_until

CTL = os.environ["PPPOL2TP_CTL"]
PEER_REQUEST = 2  # causes.def


def run(*arguments):
    """(exit status, standard output, standard error)."""
    done = subprocess.run([CTL, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE, check=False)
    return done.returncode, done.stdout, done.stderr


class WithSessions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        os.chmod(directory.name, 0o755)
        cls.ring = pathlib.Path(directory.name) / "ring"
        simulator = Simulator(cls.ring, sessions=20, tunnels=4, ramp=0)
        cls.addClassCleanup(simulator.__exit__)
        wait_until("all sessions are up", lambda: len(cls.sessions("state=up")) == 20)

    @classmethod
    def ctl(cls, *arguments):
        status, out, error = run("--ring", cls.ring, *arguments)
        assert status == 0, error
        return out

    @classmethod
    def sessions(cls, *arguments):
        if not cls.ring.exists():
            return []
        return json.loads(cls.ctl("sessions", "--json", *arguments))

    def test_lists_one_line_for_each_session_under_titles(self):
        lines = self.ctl("sessions").splitlines()
        self.assertEqual(len(lines), 21)
        self.assertTrue(lines[0].startswith("ID "), lines[0])
        self.assertIn("user0@simulated.example", lines[1])

    def test_filters_by_text_and_number(self):
        self.assertEqual([s["ifname"] for s in self.sessions("user=user7@simulated.example")], ["sim7"])
        self.assertEqual(len(self.sessions("peer_tunnel_id=1001")), 5)
        self.assertEqual(len(self.sessions("peer_tunnel_id!=1001")), 15)
        self.assertEqual(len(self.sessions("user~user1")), 11)  # user1 and user10 to user19
        self.assertEqual(len(self.sessions("mtu_bytes>1399", "mtu_bytes<1401")), 20)
        self.assertEqual(self.sessions("mtu_bytes>1400"), [])

    def test_json_has_numbers_for_ids_and_pids(self):
        session = self.sessions("ifname=sim3")[0]
        self.assertEqual(session["peer_tunnel_id"], 1000 + int(session["id"].partition("/")[0]))
        self.assertEqual(session["peer_session_id"], int(session["id"].partition("/")[2]))
        self.assertIsInstance(session["pid"], int)

    def test_sorts_either_way(self):
        starts = [s["start_time_seconds"] for s in self.sessions("--sort=start_time_seconds")]
        self.assertEqual(starts, sorted(starts))
        names = [s["ifname"] for s in self.sessions("--sort=-ifname")]
        self.assertEqual(names, [f"sim{i}" for i in reversed(range(20))])

    def test_shows_the_columns_that_are_asked_for(self):
        lines = self.ctl("sessions", "--columns=ifname,mtu_bytes", "ifname=sim3").splitlines()
        self.assertEqual([line.split() for line in lines], [["IFNAME", "MTU", "BYTES"], ["sim3", "1400"]])

    def test_says_all_of_one_session_by_ids_interface_or_user(self):
        by_user = self.ctl("session", "user3@simulated.example")
        self.assertIn("ifname: sim3\n", by_user)
        self.assertIn("pppd_version: simulated\n", by_user)
        identity = self.sessions("ifname=sim3")[0]["id"]
        for name in (identity, "sim3"):
            self.assertIn("user: user3@simulated.example\n", self.ctl("session", name))

    def test_a_session_that_is_not_there_is_an_error(self):
        status, out, error = run("--ring", self.ring, "session", "nobody")
        self.assertEqual((status, out), (1, ""))
        self.assertIn('no session has the ids, interface or user "nobody"', error)

    def test_bad_questions_are_named_and_answered_with_status_2(self):
        for arguments, words in ((["sessions", "colour=red"], 'no field "colour"'),
                                 (["sessions", "mtu_bytes>big"], '"big" is not a number'),
                                 (["sessions", "mtu_bytes"], "none of the operators = != ~ < >"),
                                 (["sessions", "--sort=colour"], 'no field "colour"'),
                                 (["sessions", "--columns=id,colour"], 'no field "colour"'),
                                 (["events", "--event", "party"], "party not in {opened,"),
                                 (["dance"], "no such command: dance"),
                                 ([], "subcommand is required")):
            status, _, error = run("--ring", self.ring, *arguments)
            self.assertEqual(status, 2, arguments)
            self.assertIn(words, error)

    def test_output_that_nobody_can_take_is_told(self):
        for arguments in (["sessions"], ["session", "sim3"], ["events"], ["events", "--follow"], ["ring"], ["check"], ["fields"]):
            with open("/dev/full", "w", encoding="ascii") as full:
                done = subprocess.run([CTL, "--ring", self.ring, *arguments], stdout=full, stderr=subprocess.PIPE, text=True,
                                      timeout=PATIENCE, check=False)
            self.assertEqual((done.returncode, done.stderr),
                             (1, "pppol2tpctl: standard output: No space left on device\n"), arguments)

    def test_ring_health_is_of_this_ring(self):
        health = json.loads(self.ctl("ring", "--json"))
        self.assertEqual(health["session_slots_used"], 20)
        self.assertEqual(health["bytes"], self.ring.stat().st_size)
        self.assertEqual(health["records_corrupt"], 0)
        self.assertIn("session_slots_used: 20\n", self.ctl("ring"))


class Events(unittest.TestCase):
    def test_tells_of_a_whole_life_with_what_changed(self):
        with tempfile.TemporaryDirectory() as directory:
            ring = pathlib.Path(directory) / "ring"
            speaker = Speaker(ring, 7, 8)
            speaker.say("run")
            speaker.say("count 1234")
            speaker.say(f"end {PEER_REQUEST}")
            speaker.close()
            _, out, _ = run("--ring", ring, "events")
            lines = out.splitlines()
            self.assertEqual([line.split()[1:3] for line in lines],
                             [["7/8", event] for event in ("opened", "phase_changed", "counters_read", "ended")])
            self.assertIn("state=up", lines[1])
            self.assertIn("receive_bytes_total=1.2k", lines[2])
            self.assertIn("end_cause=peer_request", lines[3])
            _, out, _ = run("--ring", ring, "events", "--event", "opened", "--event", "ended")
            self.assertEqual([line.split()[2] for line in out.splitlines()], ["opened", "ended"])
            as_json = [json.loads(line) for line in run("--ring", ring, "events", "--json")[1].splitlines()]
            self.assertEqual(as_json[2]["receive_bytes_total"], 1234)
            self.assertEqual(as_json[3]["end_cause"], "peer_request")
            ended = json.loads(run("--ring", ring, "sessions", "--all", "--json")[1])
            self.assertEqual([(s["id"], s["state"], s["end_cause"]) for s in ended], [("7/8", "ended", "peer_request")])
            self.assertEqual(json.loads(run("--ring", ring, "sessions", "--json")[1]), [])
            titles, row = run("--ring", ring, "sessions", "--all")[1].splitlines()
            self.assertIn("END CAUSE", titles)
            self.assertIn("peer_request", row)

    def test_follows_what_happens_and_a_ring_that_is_replaced(self):
        with tempfile.TemporaryDirectory() as directory:
            ring = pathlib.Path(directory) / "ring"
            Speaker(ring, 1, 1).close()
            with subprocess.Popen([CTL, "--ring", ring, "events", "--follow"], stdout=subprocess.PIPE, text=True) as follower:
                try:
                    self.assertIn("1/1 opened", follower.stdout.readline())
                    speaker = Speaker(ring, 1, 2)
                    self.assertIn("1/2 opened", follower.stdout.readline())
                    ring.unlink()
                    other = Speaker(ring, 1, 3)
                    self.assertIn("1/3 opened", follower.stdout.readline())
                finally:
                    follower.kill()
            speaker.close()
            other.close()


class Check(unittest.TestCase):
    def test_names_a_ring_that_is_missing_and_what_to_do(self):
        status, out, _ = run("--ring", "/nonexistent/ring", "check")
        self.assertEqual(status, 1)
        self.assertIn("ring /nonexistent/ring: no such file. Its directory is missing", out)
        self.assertIn("systemd-tmpfiles", out)

    def test_finds_the_agent_by_its_configuration(self):
        with Agent() as agent:
            Speaker(agent.ring, 1, 1).close()
            _, out, _ = run("--ring", agent.ring, "check", "--config", agent.config)
            self.assertIn(f"ok       the agent answers at 127.0.0.1:{agent.port}", out)
            self.assertIn(f"ok       ring {agent.ring} can be read", out)
            agent.kill()
            status, out, _ = run("--ring", agent.ring, "check", "--config", agent.config)
            self.assertEqual(status, 1)
            self.assertIn("error    the agent does not answer", out)
