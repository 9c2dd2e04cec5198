"""Installed on a running system, under its own systemd: sessions live through an upgrade.

The tests depend on each other's order. Sessions are those of deploy/examples, unchanged.
"""

import unittest

import l2tp_netlink as l2tp
import powers
from machine import HERE, NEW, OLD, install, must, of_family, run, samples, service, wait_until
from sessions import both_up, dial, pppds, redial

DELETE_SESSION = f"{powers.AS_AGENT} python3 -B -c 'import l2tp_netlink; l2tp_netlink.Family().delete_session(7, 8)'"


class Live(unittest.TestCase):
    def test_1_install_starts_the_service(self):
        install(OLD)
        self.assertEqual(service("ActiveState"), "active")

    def test_2_sessions_of_the_examples_are_seen(self):
        must("systemctl restart xl2tpd")
        dial()
        found = wait_until(both_up, 90, "both ends of the session are up")
        info = "\n".join(of_family(found, "pppol2tp_session_info"))
        for fact in ('role="lns"', 'role="lac"', 'user="office1"', 'ipparam="office"', 'netns="lac"'):
            self.assertIn(fact, info)
        must("ping -c 20 -i 0.2 -W 5 198.51.100.10")

    def test_3_kernels_own_word_on_the_session_is_there(self):
        wait_until(lambda: 1 in of_family(samples(), "pppol2tp_session_kernel_present").values(), 30,
                   "the kernel has been asked about the session of the agent's own namespace")

    def test_4_terminal_shows_the_session_by_the_commands_that_the_readme_names(self):
        self.assertIn("office1", must("pppol2tpctl sessions"))
        self.assertIn("office1", must("pppol2tpctl session ppp0"))
        self.assertEqual(run("timeout 3 pppol2tpctl events --follow user=alice"), (124, ""))
        self.assertIn("office1", must("{ sleep 5; printf q; } | TERM=xterm"
                                      " script -qec 'stty rows 24 columns 120; pppol2tpctl top' /dev/null"))
        status, told = run("pppol2tpctl check")
        self.assertEqual(status, 0, told)

    def test_5_upgrade_with_sessions_up_drops_none_and_goes_on_counting(self):
        def counted():
            found = samples()
            received = of_family(found, "pppol2tp_session_receive_packets_total")
            return found if len(received) == 2 and min(received.values()) >= 20 else None

        # An idle session is read once a minute.
        before = wait_until(counted, 90, "the pings are in the counters")
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
            self.assertAlmostEqual(after[series], start, delta=0.5)  # each agent reads the clocks itself
        for series, value in of_family(before, "pppol2tp_session_receive_packets_total").items():
            wait_until(lambda s=series, v=value: samples().get(s, 0) >= v + 20, 90, f"{series} has grown by the pings")

    def test_6_plugin_and_agent_of_different_versions_understand_each_other(self):
        for debs in ((NEW[1], OLD[0]), (OLD[1], NEW[0])):
            install(debs)
            starts = wait_until(samples, 30, "the agent serves")["pppol2tp_session_starts_total"]
            redial()  # pppd loads the plugin that is installed now
            wait_until(lambda s=starts: (both_up() or {}).get("pppol2tp_session_starts_total", 0) >= s + 2, 120,
                       "both ends of a new session are seen")
        install(NEW)

    def test_7_somebody_with_the_agents_rights_cannot_delete_a_session_of_the_kernels(self):
        kernel, tunnel = l2tp.Family(), l2tp.udp_pair_end(("127.0.0.1", 20000), ("127.0.0.2", 1701))
        self.addCleanup(tunnel.close)
        self.addCleanup(kernel.socket.close)
        kernel.create_tunnel(7, 70, tunnel)
        kernel.create_session(7, 8, 80)
        status, output = run(f"cd {HERE} && {DELETE_SESSION}")
        self.assertNotEqual(status, 0)
        self.assertIn("PermissionError: [Errno 1]", output)
        kernel.delete_session(7, 8)  # shows that the session existed, and that a privileged process can delete it
        kernel.delete_tunnel(7)
