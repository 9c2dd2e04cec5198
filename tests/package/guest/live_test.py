"""Installed on a running system, under its own systemd: sessions live through an upgrade.

The tests follow each other, as an operator's nights do. Sessions come from deploy/examples, used as they are.
"""

import unittest

from machine import HERE, NEW, OLD, install, must, of_family, run, samples, service, wait_until

LAC = ("systemd-run --quiet --unit=lac ip netns exec lac xl2tpd -D -c {0}/examples/xl2tpd-lac/xl2tpd.conf"
       " -p /run/xl2tpd-lac.pid -C /run/xl2tpd-lac.control").format(HERE)


def both_up():
    """All samples, once both ends of the session are up."""
    found = samples()
    return found if sum(of_family(found, "pppol2tp_session_up").values()) == 2 else None


def pppds():
    return sorted(run("pgrep -x pppd")[1].split())


class Live(unittest.TestCase):
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

    def test_3_upgrade_with_sessions_up_drops_none_and_goes_on_counting(self):
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


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)
