"""Installed on a running system, under its own systemd: sessions live through an upgrade and a removal.

The tests follow each other, as an operator's nights do. Sessions come from deploy/examples, used as they are.
"""

import pathlib
import unittest

import l2tp_netlink as l2tp
import powers
from machine import HERE, NEW, OLD, install, must, of_family, run, samples, service, wait_until

LAC = ("systemd-run --quiet --unit=lac ip netns exec lac xl2tpd -D -c {0}/examples/xl2tpd-lac/xl2tpd.conf"
       " -p /run/xl2tpd-lac.pid -C /run/xl2tpd-lac.control").format(HERE)


def both_up():
    """All samples, once both ends of the session are up."""
    found = samples()
    return found if sum(of_family(found, "pppol2tp_session_up").values()) == 2 else None


DELETE_SESSION = f"{powers.AS_AGENT} python3 -B -c 'import l2tp_netlink; l2tp_netlink.Family().delete_session(7, 8)'"


def pppds():
    return sorted(run("pgrep -x pppd")[1].split())


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.theirs = must("cat /usr/lib/pppd/*/pppol2tp.so | sha256sum")

    def test_1_install_starts_the_service(self):
        install(OLD)
        self.assertEqual(service("ActiveState"), "active")

    def test_2_sessions_of_the_examples_are_seen(self):
        must("systemctl restart xl2tpd")
        must(LAC)
        found = wait_until(both_up, 90, "both ends of the session are up")
        info = "\n".join(of_family(found, "pppol2tp_session_info"))
        for fact in ('role="lns"', 'role="lac"', 'user="office1"', 'ipparam="office"', 'netns="lac"'):
            self.assertIn(fact, info)
        must("ping -c 20 -i 0.2 -W 5 198.51.100.10")

    def test_3_kernels_own_word_on_the_session_is_there(self):
        wait_until(lambda: 1 in of_family(samples(), "pppol2tp_session_kernel_present").values(), 30,
                   "the kernel has been asked about the session of the agent's own namespace")

    def test_4_upgrade_with_sessions_up_drops_none_and_goes_on_counting(self):
        def counted():
            found = samples()
            received = of_family(found, "pppol2tp_session_receive_packets_total")
            return found if len(received) == 2 and min(received.values()) >= 20 else None

        before = wait_until(counted, 30, "the pings are in the counters")
        processes, agent = pppds(), service("MainPID")
        self.assertEqual(len(processes), 2)

        install(NEW)

        self.assertNotEqual(service("MainPID"), agent)
        self.assertEqual(pppds(), processes)
        must("ping -c 20 -i 0.2 -W 5 198.51.100.10")
        after = wait_until(both_up, 30, "both ends of the session are up at the new agent")
        self.assertEqual(after["pppol2tp_session_starts_total"], before["pppol2tp_session_starts_total"])
        self.assertEqual(set(of_family(after, "pppol2tp_session_ends_total").values()), {0})
        for series, start in of_family(before, "pppol2tp_session_start_time_seconds").items():
            self.assertAlmostEqual(after[series], start, delta=0.5)  # each agent reads the clocks for itself
        for series, value in of_family(before, "pppol2tp_session_receive_packets_total").items():
            wait_until(lambda s=series, v=value: samples().get(s, 0) >= v + 20, 30, f"{series} has grown by the pings")

    def test_5_plugin_and_agent_of_different_versions_understand_each_other(self):
        for debs in ((NEW[1], OLD[0]), (OLD[1], NEW[0])):
            install(debs)
            starts = wait_until(samples, 30, "the agent serves")["pppol2tp_session_starts_total"]
            must("pkill -TERM -x pppd")  # xl2tpd dials again, and pppd loads the plugin that is there now
            wait_until(lambda s=starts: (both_up() or {}).get("pppol2tp_session_starts_total", 0) >= s + 2, 120,
                       "both ends of a new session are seen")
        install(NEW)

    def test_6_somebody_with_the_agents_rights_cannot_delete_a_session_of_the_kernels(self):
        kernel, tunnel = l2tp.Family(), l2tp.udp_pair_end(("127.0.0.1", 20000), ("127.0.0.2", 1701))
        self.addCleanup(tunnel.close)
        kernel.create_tunnel(7, 70, tunnel)
        kernel.create_session(7, 8, 80)
        status, output = run(f"cd {HERE} && {DELETE_SESSION}")
        self.assertNotEqual(status, 0)
        self.assertIn("PermissionError: [Errno 1]", output)
        kernel.delete_session(7, 8)  # it was there, and whoever may do it can
        kernel.delete_tunnel(7)

    def test_7_agent_serves_on_a_port_that_systemd_holds(self):
        must("cp $1/examples/systemd-socket/pppol2tp-agent.socket /run/systemd/system/ && systemctl daemon-reload", HERE)
        config = pathlib.Path("/etc/pppol2tp/agent.yml")
        config.write_text(config.read_text() + "listen: [systemd]\n")
        must("systemctl stop pppol2tp-agent && systemctl start pppol2tp-agent.socket")
        self.assertEqual(service("ActiveState"), "inactive")
        wait_until(both_up, 60, "a scrape has started the agent")
        self.assertEqual(powers.capabilities(service("MainPID"))["CapEff"], 0)
        must("systemctl stop pppol2tp-agent.socket pppol2tp-agent")

    def test_8_purge_leaves_the_sessions_up_and_ppp_its_own_plugin(self):
        processes = pppds()
        must("dpkg --purge pppol2tp-agent pppol2tp-plugin")
        self.assertEqual(must("cat /usr/lib/pppd/*/pppol2tp.so | sha256sum"), self.theirs)
        self.assertEqual(run("ls -d /run/pppol2tp* /etc/pppol2tp 2> /dev/null")[1], "")
        self.assertEqual(pppds(), processes)
        must("ping -c 3 -W 5 198.51.100.10")


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
