"""Installed without packages, and scraped by Debian's Prometheus: exactly README.md's commands.

Follows service_test.py, whose last test has removed the packages.
"""

import json
import unittest
import urllib.request

from machine import HERE, must, samples, service, wait_until

RELEASE_BUILD_OF = HERE / "release-build-of"


def bash(command, directory):
    return must('cd "$1" && bash -euc "$2"', directory, command)


def prometheus(path):
    """The answer of its API; None while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:9090/api/v1/{path}", timeout=5) as answer:
            return json.load(answer)["data"]
    except OSError:
        return {}


def alerts():
    return {alert["labels"]["alertname"]: alert["state"] for alert in prometheus("alerts").get("alerts", [])}


@unittest.skipUnless(RELEASE_BUILD_OF.exists(), "what was built by hand is for this machine's own release of Debian")
class ByHand(unittest.TestCase):
    def test_1_what_cmake_installs_serves(self):
        bash("cmake --install build/release", RELEASE_BUILD_OF.read_text())
        must("echo '# ours' >> /etc/pppol2tp/agent.yml")
        bash("cmake --install build/release", RELEASE_BUILD_OF.read_text())
        self.assertEqual(must("tail -n 1 /etc/pppol2tp/agent.yml"), "# ours", "the second installation keeps the configuration")
        bash("systemd-sysusers && systemd-tmpfiles --create", "/")
        bash("systemctl daemon-reload && systemctl enable --now pppol2tp-agent", "/")
        self.assertEqual(service("ActiveState"), "active")
        self.assertIn("path=/usr/local/sbin/pppol2tp-agent ;", service("ExecStart"))
        self.assertEqual(must("stat -c '%a %U:%G' /run/pppol2tp"), "750 root:pppol2tp")
        wait_until(samples, 30, "it serves")

    def test_2_prometheus_with_our_rules_scrapes_it(self):
        must("apt install prometheus prometheus-alertmanager")
        checkout = HERE / "checkout"
        bash("cp -r deploy/prometheus/{prometheus.yml,rules,targets} /etc/prometheus/", checkout)
        bash("cp deploy/alertmanager/alertmanager.yml /etc/prometheus/alertmanager.yml", checkout)
        bash("systemctl restart prometheus prometheus-alertmanager", checkout)
        wait_until(lambda: [target["health"] for target in prometheus("targets").get("activeTargets", [])] == ["up"], 60,
                   "the agent is scraped")
        self.assertEqual(must("systemctl is-active prometheus prometheus-alertmanager"), "active\nactive")

    def test_3_agent_that_stops_is_the_first_alert(self):
        self.assertNotIn("Pppol2tpAgentDown", alerts())
        must("systemctl stop pppol2tp-agent")
        wait_until(lambda: "Pppol2tpAgentDown" in alerts(), 60, "the alert is pending")
