"""Programs other than xl2tpd that start pppd, as in deploy/examples: those that this Debian release has.

Follows live_test.py, whose LAC hangs up for them and dials again afterwards.
"""

import shutil
import unittest

from machine import HERE, must, of_family, run, samples, wait_until
from sessions import both_up, dial, hang_up, pppds


def info_of_lac():
    """The series of pppol2tp_session_info of the living session in the namespace lac."""
    found = samples()
    [ids] = [series.partition("{")[2].rstrip("}").split(",") for series, value in of_family(found, "pppol2tp_session_up").items()
             if value == 1 and 'netns="lac"' in series]
    return [series for series in of_family(found, "pppol2tp_session_info") if all(each in series for each in ids)]


class Dialers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        hang_up()

    @classmethod
    def tearDownClass(cls):
        must("ip -n lac addr replace 192.0.2.2/24 dev veth0")
        dial()
        wait_until(both_up, 90, "xl2tpd's session is up again")

    @unittest.skipUnless(shutil.which("kl2tpd"), "go-l2tp is a package from Debian 13 on")
    def test_kl2tpd(self):
        must("cp $1/examples/kl2tpd/options.kl2tpd-office /etc/ppp/", HERE)
        must("systemd-run --quiet --collect --unit=kl2tpd ip netns exec lac kl2tpd -config $1/examples/kl2tpd/kl2tpd.toml", HERE)
        wait_until(both_up, 90, "both ends of the session are up")
        [info] = info_of_lac()
        for fact in ('role="lac"', 'ipparam="office"'):
            self.assertIn(fact, info)
        must("systemctl stop kl2tpd")
        wait_until(lambda: not pppds(), 60, "kl2tpd's session has ended")

    @unittest.skipUnless(shutil.which("nmcli"), "network-manager-l2tp is not in this tree")
    def test_networkmanager_l2tp(self):
        must("systemd-run --quiet --collect --unit=nm -p NetworkNamespacePath=/run/netns/lac -p ReadOnlyPaths=/sys NetworkManager -n")
        wait_until(lambda: run("nmcli general status")[0] == 0, 60, "NetworkManager answers")
        must("nmcli connection add type ethernet ifname veth0 con-name lan ipv6.method disabled"
             " ipv4.method manual ipv4.addresses 192.0.2.2/24 ipv4.gateway 192.0.2.1")
        must("nmcli device set veth0 managed yes; nmcli connection up lan")
        must("sh $1/examples/NetworkManager-l2tp/connection.sh", HERE)
        must("nmcli connection up office")
        uuid = must("nmcli -g connection.uuid connection show office")
        wait_until(both_up, 60, "both ends of the session are up")
        [info] = info_of_lac()
        ipparam = f"nm-l2tp-service-{uuid}"[:47]  # as much as fits into the shared memory
        for fact in ('role="lac"', f'ipparam="{ipparam}"'):
            self.assertIn(fact, info)
        must("nmcli connection down office")
        wait_until(lambda: not pppds(), 60, "its session has ended")
        must("systemctl stop nm")
