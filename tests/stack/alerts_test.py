"""From a killed session to the message, and back: the real agent, Debian's Prometheus and Alertmanager, and the
configuration that we ship, with its own intervals. Takes some three minutes, most of them Alertmanager's waiting."""

import contextlib
import time
import unittest

from engines import Alertmanager, Prometheus, Webhook, wait_for
from running import Agent, Simulator, Speaker, wait_until

USER_REQUEST = 1  # causes.def
SESSIONS, DROPPED = 1500, 1000
# 15 s to a scrape, 15 s to an evaluation, then 30 s (the first notification of a group) or 60 s (the next ones).
PATIENCE = 180


class Alerts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.lns1, cls.lns2 = stack.enter_context(Agent()), stack.enter_context(Agent())
            cls.simulator = stack.enter_context(Simulator(cls.lns2.ring, sessions=SESSIONS, tunnels=3, ramp=0.5))
            cls.webhook = stack.enter_context(Webhook())
            alertmanager = stack.enter_context(Alertmanager(cls.webhook))
            cls.prometheus = stack.enter_context(
                Prometheus({"lns1": cls.lns1.target, "lns2": cls.lns2.target}, alertmanager))
            cls.addClassCleanup(stack.pop_all().close)

    def session(self, tunnel_id, session_id, user):
        speaker = Speaker(self.lns1.ring, tunnel_id, session_id)
        self.addCleanup(lambda: speaker.process.stdin.closed or speaker.close())
        speaker.say(f"authenticate {user}")
        speaker.say("run")
        return speaker

    def notification(self, instance, status, path):
        return wait_for(f"{path} is told of {instance}: {status}",
                        lambda: next((one for one in self.webhook.about(instance)
                                      if one[1] == path and one[2]["status"] == status), None), PATIENCE)

    def test_killed_sessions_are_told_together_and_are_over_when_they_are_back_and_a_mass_drop_is_one_message(self):
        # Dan stays.
        ann, bob, cid, _ = (self.session(1, n, user) for n, user in enumerate(("ann", "bob", "cid", "dan"), 1))
        wait_until("all are up", lambda: (self.lns1.value("pppol2tp_sessions_up"),
                                          self.lns2.value("pppol2tp_sessions_up")) == (4, SESSIONS))
        wait_for("both hosts were scraped twice",
                 lambda: self.prometheus.value("min(count_over_time(pppol2tp_sessions_up[5m])) >= 2") and
                 self.prometheus.value("sum(pppol2tp_sessions_up)") == 4 + SESSIONS)

        killed = time.monotonic()
        ann.kill()
        bob.kill()
        cid.say(f"end {USER_REQUEST}")
        self.assertEqual(self.simulator.say(f"drop {DROPPED} hangup"), f"ok {DROPPED}")

        told, _, message = self.notification("lns1", "firing", "/tickets")
        print(f"\nfrom kill to webhook: {told - killed:.1f} s", flush=True)
        self.assert_is_about_ann_and_bob(message)
        told, _, message = self.notification("lns2", "firing", "/pager")
        print(f"from mass drop to webhook: {told - killed:.1f} s", flush=True)
        self.assertEqual([alert["labels"]["alertname"] for alert in message["alerts"]], ["Pppol2tpHostMassDrop"])
        self.assertIn(f"{DROPPED} sessions fewer", message["alerts"][0]["annotations"]["description"])

        # Ann dials in again, under other ids; Bob under the same.
        self.session(1, 11, "ann")
        self.session(1, 2, "bob")
        back = time.monotonic()
        told, _, message = self.notification("lns1", "resolved", "/tickets")
        print(f"from back to webhook: {told - back:.1f} s", flush=True)
        self.assertEqual({alert["status"] for alert in message["alerts"]}, {"resolved"})

        # Whatever else there was to tell has been told by now: nothing of Cid, who hung up himself, and nothing of
        # the thousand but that they went.
        self.assertEqual({alert["labels"]["user"] for _, _, message in self.webhook.about("lns1")
                          for alert in message["alerts"]}, {"ann", "bob"})
        self.assertEqual([(path, message["groupLabels"]["alertname"]) for _, path, message in self.webhook.about("lns2")],
                         [("/pager", "Pppol2tpHostMassDrop")])

    def assert_is_about_ann_and_bob(self, message):
        self.assertEqual(message["groupLabels"],
                         {"alertname": "Pppol2tpSessionDown", "job": "pppol2tp", "instance": "lns1"})
        self.assertEqual([{name: alert["labels"][name] for name in ("user", "tunnel_id", "session_id", "cause", "severity")}
                          for alert in sorted(message["alerts"], key=lambda alert: alert["labels"]["user"])],
                         [{"user": user, "tunnel_id": "1", "session_id": number, "cause": "killed", "severity": "warning"}
                          for user, number in (("ann", "1"), ("bob", "2"))])


if __name__ == "__main__":
    unittest.main()
