"""Plugin and kernel reconciled, on a real kernel: what each says is in /metrics within a second."""

import re
import subprocess
import unittest

from ppp_interface import PppInterface
from support import Agent, Speaker, Tunnel, disagreement, in_netns, load_modules, series
from waiting import wait_until

# One second is promised; the rest is for a scrape and its repetition under emulation.
PROMISED = 1
SCRAPE = 0.5


class Witness(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        load_modules()
        subprocess.run(["ip", "netns", "add", "blue"], check=True)
        cls.addClassCleanup(subprocess.run, ["ip", "netns", "del", "blue"], check=True)
        with in_netns("blue"):
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        cls.agent = Agent(ask_kernel="true", network_namespaces="[blue]", retention="15m")
        cls.agent.__enter__()
        cls.addClassCleanup(cls.agent.__exit__, None, None, None)
        wait_until(lambda: cls.value('pppol2tp_agent_collector_success{collector="kernel"}') == 1, 10,
                   "the kernel can be asked")

    @classmethod
    def value(cls, name):
        return cls.agent.value(name)

    def wait_for(self, name, wanted, seconds=20):
        wait_until(lambda: self.value(name) == wanted, seconds, f"{name} {wanted}")

    def within_a_second(self, name, wanted):
        self.wait_for(name, wanted, PROMISED + SCRAPE)

    def tunnel(self, tunnel_id):
        tunnel = Tunnel(tunnel_id)
        self.addCleanup(tunnel.close)
        return tunnel

    def speaker(self, tunnel_id, session_id):
        speaker = Speaker(self.agent.ring, tunnel_id, session_id)
        self.addCleanup(lambda: speaker.process.stdin.closed or speaker.close())
        speaker.say("run")
        return speaker

    def session(self, tunnel, session_id):
        """A session about which plugin and kernel agree."""
        tunnel.create(session_id)
        speaker = self.speaker(tunnel.id, session_id)
        self.wait_for(series("session_kernel_present", tunnel.id, session_id), 1)
        self.assertEqual(self.value(series("session_up", tunnel.id, session_id)), 1)
        return speaker

    def test_session_that_is_deleted_under_a_living_pppd_is_down_at_once(self):
        tunnel = self.tunnel(1)
        self.session(tunnel, 1)
        tunnel.delete(1)
        self.within_a_second(series("session_kernel_present", 1, 1), 0)
        self.assertEqual(self.value(series("session_up", 1, 1)), 0)
        self.assertEqual(self.value(series("session_process_present", 1, 1)), 1)
        self.wait_for(disagreement("kernel_session_lost"), 1)

    def test_tunnel_that_is_closed_takes_its_sessions_down_though_nobody_is_notified(self):
        tunnel = self.tunnel(2)
        for session_id in (1, 2, 3):
            self.session(tunnel, session_id)
        tunnel.close()
        self.within_a_second(series("tunnel_up", 2), 0)
        for session_id in (1, 2, 3):
            self.assertEqual(self.value(series("session_up", 2, session_id)), 0)

    def test_killed_pppd_whose_session_another_process_holds_is_left_in_the_kernel(self):
        tunnel = self.tunnel(3)
        speaker = self.session(tunnel, 1)
        speaker.kill()
        self.wait_for(series("session_process_present", 3, 1), 0, PROMISED + SCRAPE)
        self.wait_for(series("session_kernel_present", 3, 1), 1)
        self.wait_for(disagreement("kernel_session_left"), 1)
        tunnel.delete(1)
        self.within_a_second(series("session_kernel_present", 3, 1), 0)
        self.wait_for(disagreement("kernel_session_left"), 0)

    def test_session_without_the_plugin_appears_and_goes_with_the_kernels(self):
        tunnel = self.tunnel(4)
        tunnel.create(1)
        self.wait_for(series("session_plugin_present", 4, 1), 0)
        self.assertIsNone(self.value(series("session_up", 4, 1)))
        tunnel.delete(1)
        self.within_a_second(series("session_kernel_present", 4, 1), 0)

    def info(self, tunnel_id, session_id, netns=None):
        """The labels of its session_info; empty if there is no such session."""
        ids = series("session_info", tunnel_id, session_id, netns)[:-1]
        found = [name for name in self.agent.samples() if name.startswith(ids + ",")]
        return dict(re.findall(r'(\w+)="([^"]*)"', found[0])) if found else {}

    def wait_for_info(self, tunnel_id, session_id, netns=None, **wanted):
        wait_until(lambda: wanted.items() <= self.info(tunnel_id, session_id, netns).items(), 60, f"{wanted} told")

    def test_session_without_the_plugin_has_the_interface_and_the_addresses_that_the_kernel_knows(self):
        tunnel = self.tunnel(9)
        link = PppInterface(tunnel, 1, ["10.96.0.1 peer 10.96.0.2", "fe80::1 peer fe80::2"])
        self.addCleanup(link.close)
        self.wait_for_info(9, 1, ifname=link.name, local_ipv4="10.96.0.1", remote_ipv4="10.96.0.2",
                           local_ipv6="fe80::1", remote_ipv6="fe80::2")
        link.ip("address", "del", "10.96.0.1", "peer", "10.96.0.2", "dev", link.name)
        wait_until(lambda: "local_ipv4" not in self.info(9, 1), 20, "the address gone")
        self.assertEqual(self.info(9, 1)["local_ipv6"], "fe80::1")

    def test_interfaces_of_another_namespace_are_its_sessions_own(self):
        with in_netns("blue"):
            foreign = self.tunnel(10)
            link = PppInterface(foreign, 1, ["10.96.1.1 peer 10.96.1.2"])
            self.addCleanup(link.close)
        self.wait_for_info(10, 1, "blue", ifname=link.name, local_ipv4="10.96.1.1", remote_ipv4="10.96.1.2")

    def test_ids_that_are_used_again_at_once_are_the_new_sessions(self):
        tunnel = self.tunnel(5)
        first = self.session(tunnel, 1)
        first.say("end 1")
        tunnel.delete(1)
        self.session(tunnel, 1)

    def test_ethernet_session_is_its_tunnels_and_no_ppp_session(self):
        self.addCleanup(subprocess.run, "ip l2tp del tunnel tunnel_id 600", shell=True, check=True)
        subprocess.run(
            "ip l2tp add tunnel tunnel_id 600 peer_tunnel_id 601 encap ip local 127.0.0.1 remote 127.0.0.3; "
            "ip l2tp add session tunnel_id 600 session_id 7 peer_session_id 8", shell=True, check=True)
        self.wait_for(series("tunnel_ethernet_sessions", 600), 1, 40)
        self.assertIsNone(self.value(series("session_plugin_present", 600, 7)))

    def test_foreign_namespaces_deletion_does_not_touch_the_session_of_the_same_ids(self):
        tunnel = self.tunnel(7)
        self.session(tunnel, 1)
        with in_netns("blue"):
            foreign = self.tunnel(7)
            foreign.create(1)
        self.wait_for(series("session_plugin_present", 7, 1, "blue"), 0)
        foreign.delete(1)
        self.within_a_second(series("session_kernel_present", 7, 1, "blue"), 0)
        self.assertEqual(self.value(series("session_up", 7, 1)), 1)

    def test_agent_that_was_away_finds_out_what_went_meanwhile(self):
        tunnel = self.tunnel(8)
        self.session(tunnel, 1)
        self.session(tunnel, 2)
        self.agent.kill()
        tunnel.delete(1)
        self.agent.start()
        self.wait_for(series("session_kernel_present", 8, 1), 0)
        self.wait_for(series("session_kernel_present", 8, 2), 1)
        self.assertEqual(self.value(series("session_up", 8, 2)), 1)


class WithoutTheRight(unittest.TestCase):
    def test_agent_that_may_not_ask_the_kernel_says_so_and_tells_what_the_plugins_tell(self):
        load_modules()
        agent = Agent(ask_kernel="true")
        self.addCleanup(agent.__exit__, None, None, None)
        agent.prefix = ("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin")
        agent.start()
        tunnel = Tunnel(11)
        self.addCleanup(tunnel.close)
        tunnel.create(1)
        speaker = Speaker(agent.ring, 11, 1)
        self.addCleanup(speaker.close)
        speaker.say("run")
        wait_until(lambda: agent.value('pppol2tp_agent_collector_success{collector="kernel"}') == 0, 10, "it says so")
        self.assertIn("CAP_NET_ADMIN is missing", agent.log.read_text())
        samples = agent.samples()
        self.assertEqual(samples[series("session_up", 11, 1)], 1)
        self.assertNotIn(series("session_kernel_present", 11, 1), samples)
        for collector in ("ring", "links", "liveness"):
            self.assertEqual(samples[f'pppol2tp_agent_collector_success{{collector="{collector}"}}'], 1)


if __name__ == "__main__":
    unittest.main()
