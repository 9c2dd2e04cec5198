"""What a reload changes, and which changes need a restart."""

import time
import unittest
import urllib.error
import urllib.request

from running import PATIENCE, Agent, Speaker, wait_until


def reload(agent):
    status, body = agent.get("/-/reload", "POST")
    assert status == 200, body


def status_and_retry_after(agent):
    request = urllib.request.Request(f"http://{agent.target}/-/reload", method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.headers["Retry-After"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Retry-After"]


class Reload(unittest.TestCase):
    def test_option_that_waits_for_a_restart_is_reported_at_every_reload(self):
        with Agent() as agent:
            agent.write_config(ring="/nowhere/else")
            for times in (1, 2, 3):
                reload(agent)
                self.assertEqual(agent.log.read_text().count("option changes at the next restart"), times)

    def test_reloads_over_http_are_limited_and_allowed_again_later(self):
        with Agent() as agent:
            began = time.monotonic()
            answers = [status_and_retry_after(agent) for _ in range(100)]
            passed = time.monotonic() - began
            reloads = answers.count((200, None))
            self.assertEqual(reloads + answers.count((429, "1")), 100)
            self.assertGreaterEqual(reloads, 5)
            self.assertLessEqual(reloads, 5 + passed + 1)
            self.assertEqual(agent.log.read_text().count("configuration reloaded"), reloads)
            wait_until("one is allowed", lambda: agent.get("/-/reload", "POST")[0] == 200)

    def test_limits_and_retention_count_from_the_reload_on(self):
        with Agent(retention="15m") as agent:
            agent.write_config(max_sessions=2, max_tunnels=1, retention="1s")
            reload(agent)
            samples = agent.samples()
            self.assertEqual(samples["pppol2tp_sessions_limit"], 2)
            self.assertEqual(samples["pppol2tp_tunnels_limit"], 1)
            speakers = [Speaker(agent.ring, *ids) for ids in ((1, 1), (1, 2), (1, 3), (2, 1))]
            for speaker in speakers:
                self.addCleanup(speaker.close)
                speaker.say("run")
            wait_until("two are up", lambda: agent.value("pppol2tp_sessions_up") == 2)
            self.assertEqual(agent.value("pppol2tp_sessions_left_out_total"), 2)
            speakers[0].say("end 1")
            wait_until("it goes", lambda: agent.value("pppol2tp_sessions_departed") == 0)

    def test_expected_sessions_exist_from_the_first_scrape_and_follow_the_configuration(self):
        def up(name):
            return f'pppol2tp_expected_session_up{{name="{name}"}}'

        with Agent(expected_sessions="[{name: office, tunnel_id: 7, session_id: 8}]") as agent:
            self.assertEqual(agent.value(up("office")), 0)
            speaker = Speaker(agent.ring, 7, 8)
            speaker.say("run")
            wait_until("it is up", lambda: agent.value(up("office")) == 1)
            info = [s for s in agent.samples() if s.startswith("pppol2tp_expected_session_info")]
            self.assertEqual(len(info), 1)
            self.assertIn('tunnel_id="7",session_id="8"', info[0])
            speaker.kill()
            wait_until("it is down", lambda: agent.value(up("office")) == 0)
            agent.write_config(expected_sessions="[{name: lab, user: jo}]")
            reload(agent)
            self.assertIsNone(agent.value(up("office")))
            self.assertEqual(agent.value(up("lab")), 0)


class Kernel(unittest.TestCase):
    def test_kernel_that_cannot_be_asked_is_said_once_and_everything_else_goes_on(self):
        with Agent(ask_kernel="true", network_namespaces="[no-such-namespace]") as agent:
            success = 'pppol2tp_agent_collector_success{collector="kernel"}'
            wait_until("it is said", lambda: agent.value(success) == 0)
            speaker = Speaker(agent.ring, 7, 8)
            self.addCleanup(speaker.close)
            speaker.say("run")
            wait_until("it runs", lambda: agent.value('pppol2tp_sessions{phase="running"}') == 1)
            log = agent.log.read_text()
            self.assertEqual(log.count("collector fails"), 1)
            self.assertIn("no-such-namespace", log)

    def test_kernel_that_is_not_to_be_asked_is_no_collector(self):
        with Agent() as agent:
            self.assertIsNone(agent.value('pppol2tp_agent_collector_success{collector="kernel"}'))
            self.assertEqual(agent.value('pppol2tp_agent_collector_success{collector="ring"}'), 1)


if __name__ == "__main__":
    unittest.main()
