"""A port held by systemd, and a removal of the packages with sessions up."""

import pathlib
import unittest

import powers
from machine import HERE, must, run, service, wait_until
from sessions import both_up, pppds


class Leaving(unittest.TestCase):
    def test_1_agent_serves_on_a_port_that_systemd_holds(self):
        must("cp $1/examples/systemd-socket/pppol2tp-agent.socket /run/systemd/system/ && systemctl daemon-reload", HERE)
        config = pathlib.Path("/etc/pppol2tp/agent.yml")
        config.write_text(config.read_text() + "listen: [systemd]\n")
        must("systemctl stop pppol2tp-agent && systemctl start pppol2tp-agent.socket")
        self.assertEqual(service("ActiveState"), "inactive")
        wait_until(both_up, 60, "a scrape has started the agent")
        self.assertEqual(powers.capabilities(service("MainPID"))["CapEff"], 0)
        must("systemctl stop pppol2tp-agent.socket pppol2tp-agent")

    def test_2_purge_leaves_the_sessions_up_and_ppp_its_own_plugin(self):
        processes, theirs = pppds(), must("cat /usr/lib/pppd/*/pppol2tp.so.distrib | sha256sum")
        self.assertEqual(len(processes), 2)
        must("dpkg --purge pppol2tp-agent pppol2tp-plugin")
        self.assertEqual(must("cat /usr/lib/pppd/*/pppol2tp.so | sha256sum"), theirs)
        self.assertEqual(run("ls -d /run/pppol2tp* /etc/pppol2tp 2> /dev/null")[1], "")
        self.assertEqual(pppds(), processes)
        must("ping -c 3 -W 5 198.51.100.10")
