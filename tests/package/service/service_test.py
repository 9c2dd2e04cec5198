"""The agent's service under a real systemd: as in its unit, and during what an operator does with it.

The tests run in order on one system.
"""

import os
import pathlib
import platform
import signal
import unittest

import powers
from machine import HERE, must, run, samples, service, wait_until

INSTALL = "apt install ./build/packages/bookworm/*.deb"  # as in README.md
CODENAME = platform.freedesktop_os_release()["VERSION_CODENAME"]
LOG = "journalctl --no-pager -u pppol2tp-agent -n 40"


class Service(unittest.TestCase):
    def test_1_starts_with_its_package_and_has_the_rights_that_its_unit_says(self):
        must("cd $1/checkout && " + INSTALL.replace("bookworm", CODENAME), HERE)
        self.assertEqual(service("ActiveState"), "active")
        self.assertEqual(service("StatusText"), "Listening on 127.0.0.1:11701")
        facts = powers.facts(service("MainPID"))
        self.assertEqual(facts["Uid"].split()[0], must("id -u pppol2tp-agent"))
        self.assertEqual(set(facts["Groups"].split()), set(must("getent group pppol2tp pppol2tp-agent | cut -d: -f3").split()))
        self.assertEqual((facts["NoNewPrivs"], facts["Seccomp"]), ("1", "2"))

    def test_2_only_the_process_that_asks_the_kernel_has_a_capability(self):
        # Without CAP_SETPCAP the agent cannot shrink its bounding set, and with NoNewPrivs that set has no effect.
        self.assertEqual(powers.capabilities(service("MainPID")),
                         {"CapInh": 0, "CapPrm": 0, "CapEff": 0, "CapAmb": 0, "CapBnd": powers.CAP_NET_ADMIN})
        readers = powers.kernel_readers()
        self.assertEqual(len(readers), 2)
        for pid in readers:
            self.assertEqual(powers.capabilities(pid), {"CapInh": 0, "CapPrm": powers.CAP_NET_ADMIN, "CapAmb": 0,
                                                        "CapEff": powers.CAP_NET_ADMIN, "CapBnd": powers.CAP_NET_ADMIN})

    def test_3_agents_user_cannot_reach_into_that_process(self):
        self.assertTrue(powers.reaches_into(service("MainPID")), "what it can do to itself")
        for pid in powers.kernel_readers():
            self.assertFalse(powers.reaches_into(pid))

    def test_4_reload_takes_a_good_configuration_and_refuses_a_bad_one(self):
        config, agent = pathlib.Path("/etc/pppol2tp/agent.yml"), service("MainPID")
        good = config.read_text()
        config.write_text(good + "retention: 1h\n")
        must("systemctl reload pppol2tp-agent")
        config.write_text(good + "retentoin: 1h\n")
        self.assertNotEqual(run("systemctl reload pppol2tp-agent")[0], 0)
        self.assertIn("retentoin", must("journalctl --no-pager -u pppol2tp-agent -n 20"))
        self.assertEqual((service("ActiveState"), service("MainPID")), ("active", agent))
        config.write_text(good)

    def test_5_bad_configuration_fails_the_start_says_why_and_is_not_tried_for_ever(self):
        config = pathlib.Path("/etc/pppol2tp/agent.yml")
        good = config.read_text()
        config.write_text(good + "retentoin: 1h\n")
        self.assertNotEqual(run("systemctl restart pppol2tp-agent")[0], 0)
        wait_until(lambda: "Start request repeated too quickly" in must(LOG), 40, "systemd has given up")
        self.assertEqual(service("ActiveState"), "failed")
        said = must(LOG)
        self.assertIn("retentoin", said)
        self.assertIn(f"{config}:", said)
        config.write_text(good)
        must("systemctl reset-failed pppol2tp-agent && systemctl start pppol2tp-agent")
        self.assertEqual(service("ActiveState"), "active")

    def test_6_watchdog_starts_an_agent_anew_that_hangs(self):
        must("mkdir -p /run/systemd/system/pppol2tp-agent.service.d")
        pathlib.Path("/run/systemd/system/pppol2tp-agent.service.d/watchdog.conf").write_text("[Service]\nWatchdogSec=10s\n")
        must("systemctl daemon-reload && systemctl restart pppol2tp-agent")
        hanging = service("MainPID")
        os.kill(int(hanging), signal.SIGSTOP)
        wait_until(lambda: service("MainPID") not in ("0", hanging) and service("ActiveState") == "active", 60, "it was started anew")
        wait_until(samples, 30, "it serves")

    def test_7_purge_ends_it_and_leaves_nothing_of_its_own(self):
        self.assertEqual(service("ActiveState"), "active")
        must("dpkg --purge pppol2tp-agent pppol2tp-plugin")
        self.assertEqual(run("pgrep -x pppol2tp-agent")[1], "")
        self.assertEqual(run("ls -d /run/pppol2tp* /etc/pppol2tp 2> /dev/null")[1], "")
