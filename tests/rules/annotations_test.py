"""What people read: every annotation of every alert, filled in by promtool for an alert that fires."""

import re
import subprocess
import tempfile
import unittest

import yaml

from rules import HERE, alerts, test_files

# A name that a peer chose must not break the link, or say what else it shows. Not every alert has one.
LINK = r'^(?!.*dashboard=")|dashboard="/d/[a-z0-9-]+(\?var-\w+=[^&\s"]*(&var-\w+=[^&\s"]*)*)?"'


def firing_moments():
    """{alert: (test file, case, time of its first test with an alert that fires)}."""
    moments = {}
    for file in test_files():
        for case in yaml.safe_load(file.read_text())["tests"]:
            for test in case["promql_expr_test"]:
                names = re.findall(r'alertname="(\w+)"', test["expr"] + str(test.get("exp_samples", "")))
                if test.get("exp_samples") and names:
                    moments.setdefault(names[0], []).append((file, case, test["eval_time"]))
    return moments


def annotations_at(file, case, time, alert):
    """What promtool finds where it is told, wrongly, that no alert fires: it prints them whole."""
    whole = yaml.safe_load(file.read_text())
    probe = {
        "rule_files": [str((HERE / rules).resolve()) for rules in whole["rule_files"]],
        "evaluation_interval": whole["evaluation_interval"],
        "tests": [{"interval": case["interval"], "input_series": case["input_series"],
                   "alert_rule_test": [{"eval_time": time, "alertname": alert, "exp_alerts": []}]}],
    }
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as copy:
        yaml.safe_dump(probe, copy)
        copy.flush()
        done = subprocess.run(["promtool", "test", "rules", copy.name], capture_output=True, text=True, check=False)
    return re.findall(r"Annotations:\{(.*)\}", done.stdout + done.stderr)


class Annotations(unittest.TestCase):
    def test_are_filled_in_for_every_alert_in_every_test_that_it_fires_in(self):
        moments = firing_moments()
        for name in (rule["alert"] for rule in alerts()):
            for moment in moments[name]:
                found = annotations_at(*moment, name)
                self.assertTrue(found, f"{name} does not fire at {moment[2]} of {moment[1]['name']!r}")
                for text in found:
                    with self.subTest(alert=name, text=text):
                        self.assertNotRegex(text, r"<no value>|<error|%!|\{\{")
                        self.assertRegex(text, LINK, "a label that is not escaped in the link")
                        self.assertNotRegex(text, r"  |\( |\(,|, \)| \.|=\"\"", "a label is missing from a sentence")


if __name__ == "__main__":
    unittest.main()
