"""A session's identity: what the agent shows for each end is compared with the kernel and pppd's system calls."""

import re
import unittest

import kernel
from pair import SIDES, Pair
from waiting import wait_until


class Identity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pair = Pair.for_class(cls, sessions=3)
        cls.ends = cls.pair.both_ends()
        cls.sessions = [session for both in cls.ends for session in both]
        cls.metrics = cls.pair.wait_for_metrics_of(cls.sessions)

    def info(self, session):
        found = self.metrics.samples("pppol2tp_session_info", **session.labels())
        self.assertEqual(len(found), 1, f"session_info of {session}")
        return found[0].labels

    def test_every_kernel_session_is_up_and_no_other(self):
        kernels = {tuple(s.labels().items()) for s in self.sessions}
        self.assertEqual(len(kernels), 6)
        ups = self.metrics.samples("pppol2tp_session_up")
        self.assertEqual({s.value for s in ups}, {1.0})
        self.assertEqual({tuple((k, s.labels[k]) for k in ("netns", "tunnel_id", "session_id")) for s in ups}, kernels)
        self.assertEqual(self.metrics.value("pppol2tp_sessions_up"), 6)

    def test_info_has_the_peers_ids_also_where_xl2tpd_passed_none(self):
        for session in self.sessions:
            info = self.info(session)
            self.assertEqual(info["peer_tunnel_id"], str(session.peer_tunnel_id))
            self.assertEqual(info["peer_session_id"], str(session.peer_session_id))

    def test_info_has_interface_and_role(self):
        self.assertEqual({s.role for s in self.sessions}, {"lns", "lac"})
        for session in self.sessions:
            info = self.info(session)
            self.assertEqual(info["ifname"], session.ifname)
            self.assertEqual(info["role"], session.role)

    def test_info_has_the_tunnels_other_end(self):
        for lns, lac in self.ends:
            self.assertEqual(self.info(lns)["peer_address"], lac.local_address)
            self.assertEqual(self.info(lac)["peer_address"], lns.local_address)

    def test_info_has_the_addresses_of_the_interface(self):
        for side in SIDES:
            addresses = kernel.ppp_addresses(side)
            for session in (s for s in self.sessions if s.side == side):
                info = self.info(session)
                told = {
                    ("inet", info["local_ipv4"], info["remote_ipv4"]),
                    ("inet6", info["local_ipv6"], info["remote_ipv6"]),
                }
                self.assertEqual(told, addresses[session.ifname])

    def test_info_has_the_user_that_authenticated(self):
        users = {self.info(lns)["user"] for lns, _ in self.ends}
        self.assertEqual(users, {"user1", "user2", "user3"})

    def test_the_ring_is_mapped_whole_in_large_pages(self):
        """So that pppd has no page fault at its first publication, and needs no page tables for the ring."""
        for session in self.sessions:
            maps = (self.pair.pppd_of(session) / "smaps").read_text()
            shared = re.findall(r"^\S+ rw-s .*?^VmFlags", maps, re.DOTALL | re.MULTILINE)
            sizes = [dict(re.findall(r"^(\w+): +(\d+) kB", mapping, re.MULTILINE)) for mapping in shared]
            ring = max(sizes, key=lambda size: int(size["Size"]))  # its name is not visible in this mount namespace
            self.assertEqual(ring["ShmemPmdMapped"], ring["Size"], f"{session}:\n{maps}")

    def test_networks_are_up(self):
        for session in self.sessions:
            for family in ("ipv4", "ipv6"):
                value = self.metrics.value("pppol2tp_session_network_up", family=family, **session.labels())
                self.assertEqual(value, 1, f"{family} of {session}")

    def test_the_kernel_confirms_every_session_and_its_tunnel(self):
        def confirmed():
            metrics = self.pair.metrics()
            tunnels = [{k: s.labels()[k] for k in ("netns", "tunnel_id")} for s in self.sessions]
            told = [metrics.value("pppol2tp_session_kernel_present", **s.labels()) for s in self.sessions]
            return told + [metrics.value("pppol2tp_tunnel_up", **t) for t in tunnels] == [1] * (2 * len(self.sessions))

        wait_until(confirmed, 20, "kernel_present and tunnel_up of all")
        disagreements = self.pair.metrics().samples("pppol2tp_sessions_in_disagreement")
        self.assertEqual({s.value for s in disagreements}, {0.0})
