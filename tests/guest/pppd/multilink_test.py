"""Multilink (RFC 1990): each link of a bundle is a session, although only the first one's pppd has the network."""

import pathlib
import signal
import subprocess
import unittest

import kernel
import pair
import twin
from agent import Agent
from link import PPP_ADDRESSES, SIDES, Link, in_namespace
from sessions import TwinsTest
from twin_scenarios import IPV4_UP, LNS, SOCKET
from waiting import wait_until

FIRST, SECOND = 0, 1
# Interfaces of different numbers, because all pppds of a host write into one file which process has which number.
INTERFACES = {"lns": "ppp10", "lac": "ppp20"}


def options_of(side):
    endpoint = f"local:{side.encode().hex()}"
    mode = LNS if side == "lns" else SOCKET
    unit = INTERFACES[side].removeprefix("ppp")
    return (*mode, "multilink", "endpoint", endpoint, "unit", unit, "pppol2tp_stats_interval", "1")


class Bundle:
    """Two links between the same ends, one bundle at each end. A link's end is a session, named (side, number)."""

    def __init__(self, link, plugin, probe):
        self.link = link
        self.processes = {}
        self.labels = {}
        self.probed = link.directory / "lns.probe"
        self._start(FIRST, plugin, IPV4_UP)
        for end in link.ends.values():
            end.add_session(SECOND)
        self._start(SECOND, plugin, "Link attached to", ("plugin", str(probe)), {"PROBE_OUTPUT": str(self.probed)})

    def _start(self, number, plugin, once_up, lns_options=(), lns_environment=None):
        for side, end in self.link.ends.items():
            if side == "lns":
                twin.start(end, plugin, (*options_of(side), *lns_options), environment=lns_environment)
            else:
                twin.start(end, plugin, options_of(side))
            self.processes[side, number] = end.process
            self.labels[side, number] = end.labels()
        for end in self.link.ends.values():
            end.wait_for(once_up)

    def ping(self):
        """Packets in both directions, large enough for the kernel to split them up among the links."""
        peer = PPP_ADDRESSES["lns"].partition(":")[0]
        with in_namespace(self.link.lac.namespace):
            subprocess.run(["ping", "-q", "-c", "5", "-i", "0.1", "-s", "1200", peer], check=True, stdout=subprocess.DEVNULL)

    def counted_by_kernel(self, session):
        """(packets sent, packets received)"""
        side, _ = session
        with in_namespace(self.link.ends[side].namespace):
            sessions = kernel.parse_sessions(side, pathlib.Path("/proc/thread-self/net/pppol2tp").read_text())
        (found,) = [s for s in sessions if s.labels().items() >= self.labels[session].items()]
        return found.transmit[0], found.receive[0]

    def kill(self):
        for process in self.processes.values():
            process.kill()
            process.wait()


class Multilink(TwinsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        links = [Link(f"bundle{n}", twin.DIRECTORY / f"bundle{n}", n) for n in range(2)]
        cls.links = [cls.enterClassContext(link) for link in links]
        # Of a joined link, only the kernel says that its network is up. So the agent watches these namespaces.
        namespaces = [end.namespace for link in links for end in link.ends.values()]
        cls.agent = cls.enterClassContext(Agent(pair.Pair.build, twin.DIRECTORY / "agent", namespaces))

    def bundle(self):
        made = Bundle(self.links.pop(), self.twins.plugins[twin.OURS], self.twins.last)
        self.addCleanup(made.kill)
        return made

    def value(self, metric, labels):
        return self.agent.metrics().value(f"pppol2tp_{metric}", **labels)

    def wait_for_network(self, labels, up):
        of_ipv4 = labels | {"family": "ipv4"}
        wait_until(lambda: self.value("session_network_up", of_ipv4) == up, 20, f"session_network_up {up} of {labels}")

    def assert_up(self, bundle, sessions):
        for side, number in sessions:
            labels = bundle.labels[side, number]
            with self.subTest(side=side, number=number):
                self.wait_for_network(labels, up=1)
                self.assertEqual(self.value("session_up", labels), 1)
                self.assertEqual(self.value("session_phase", labels), 8)
                (info,) = self.agent.metrics().samples("pppol2tp_session_info", **labels)
                self.assertEqual(info.labels["ifname"], INTERFACES[side])
                self.assertEqual(f"{info.labels['local_ipv4']}:{info.labels['remote_ipv4']}", PPP_ADDRESSES[side])

    def assert_ended(self, bundle, number, causes):
        """Both ends of that link, after they had been up; `causes` by side."""

        def told():
            metrics = self.agent.metrics()
            found = {s: metrics.samples("pppol2tp_session_end_info", **bundle.labels[s, number]) for s in SIDES}
            return all(found.values()) and {s: end.labels for s, (end,) in found.items()}

        ends = wait_until(told, 30, f"ends of link {number}")
        self.assertEqual({side: labels["cause"] for side, labels in ends.items()}, causes)
        self.assertEqual({side: labels["phase"] for side, labels in ends.items()}, dict.fromkeys(SIDES, "running"))

    def test_a_link_is_up_for_as_long_as_it_is_there_whichever_link_began_the_bundle(self):
        bundle = self.bundle()
        self.assert_up(bundle, bundle.labels)
        self.assertIn("multilink_join_hook()", bundle.probed.read_text(), "other plugins hear of it too")
        bundle.ping()
        for session, labels in bundle.labels.items():
            with self.subTest(session):
                packets = bundle.counted_by_kernel(session)
                self.assertGreaterEqual(min(packets), 5)
                shown = ("session_transmit_packets_total", "session_receive_packets_total")
                wait_until(lambda: tuple(self.value(m, labels) for m in shown) == packets, 20, f"{packets} packets")

        # Not SIGTERM: pppd would then end the whole bundle.
        bundle.processes["lac", FIRST].send_signal(signal.SIGHUP)
        self.assert_ended(bundle, FIRST, {"lac": "user_request", "lns": "peer_request"})
        self.assert_up(bundle, [(side, SECOND) for side in SIDES])
        bundle.ping()

        # The pppds of the first link still have the interfaces. What pppd of the second says is not the whole truth now.
        bundle.processes["lns", FIRST].kill()
        self.wait_for_network(bundle.labels["lns", SECOND], up=0)
        self.assertEqual(self.value("session_up", bundle.labels["lns", SECOND]), 1)

        bundle.processes["lns", SECOND].terminate()
        self.assert_ended(bundle, SECOND, {"lac": "peer_request", "lns": "user_request"})
        for process in bundle.processes.values():
            process.wait(60)

    def test_when_a_bundle_is_ended_on_request_all_its_links_are(self):
        bundle = self.bundle()
        bundle.processes["lac", FIRST].terminate()
        for number in (FIRST, SECOND):
            self.assert_ended(bundle, number, {"lac": "user_request", "lns": "peer_request"})


if __name__ == "__main__":
    unittest.main()
