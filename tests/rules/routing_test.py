"""Who is told: the example for Alertmanager, asked by amtool about each of our alerts."""

import subprocess
import unittest

from rules import DEPLOY, alerts

CONFIG = DEPLOY / "alertmanager/alertmanager.yml"
RECEIVERS = {"critical": "pager", "warning": "tickets", "info": "nobody"}


def receiver_of(**labels):
    done = subprocess.run(["amtool", "config", "routes", "test", f"--config.file={CONFIG}",
                           *(f"{name}={value}" for name, value in labels.items())],
                          capture_output=True, text=True, check=True)
    return done.stdout.strip()


class Routing(unittest.TestCase):
    def test_severity_alone_decides_who_is_told(self):
        for rule in alerts():
            severity = rule["labels"]["severity"]
            with self.subTest(alert=rule["alert"]):
                self.assertEqual(receiver_of(alertname=rule["alert"], severity=severity), RECEIVERS[severity])

    def test_what_has_no_severity_is_a_ticket_and_is_not_lost(self):
        self.assertEqual(receiver_of(alertname="SomethingElse"), "tickets")


if __name__ == "__main__":
    unittest.main()
