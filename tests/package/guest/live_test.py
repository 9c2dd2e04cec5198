"""Installed on a running system, under its own systemd: sessions live through an upgrade.

The tests follow each other, as an operator's nights do. Sessions come from deploy/examples, used as they are.
"""

import pathlib
import re
import subprocess
import time
import unittest
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
NEW, OLD = (sorted(map(str, (HERE / name).glob("*.deb"))) for name in ("new", "old"))
LAC = ("systemd-run --quiet --unit=lac ip netns exec lac xl2tpd -D -c {0}/examples/xl2tpd-lac/xl2tpd.conf"
       " -p /run/xl2tpd-lac.pid -C /run/xl2tpd-lac.control").format(HERE)


def run(command, *arguments):
    """(exit status, output) of a shell command."""
    done = subprocess.run(["sh", "-euc", command, "sh", *map(str, arguments)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def must(command, *arguments):
    status, output = run(command, *arguments)
    assert status == 0, f"exit status {status} of: {command}\n{output}"
    return output.strip()


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while True:
        late = time.monotonic() > deadline
        result = condition()
        if result:
            return result
        if late:
            raise AssertionError(f"not within {seconds} s: {what}\n" + run("journalctl --no-pager -n 40; ip addr")[1])
        time.sleep(0.3)


def install(debs):
    return must('DEBIAN_FRONTEND=noninteractive dpkg -i "$@"', *debs)


def service(what):
    return must(f"systemctl show -p {what} --value pppol2tp-agent")


def samples():
    """{series: value}; empty while nobody serves them."""
    try:
        with urllib.request.urlopen("http://127.0.0.1:11701/metrics", timeout=10) as answer:
            text = answer.read().decode()
    except OSError:
        return {}
    return {match[1]: float(match[2]) for match in re.finditer(r"^([^#\s].*) (\S+)$", text, re.MULTILINE)}


def of_family(found, name):
    return {series: value for series, value in found.items() if series.partition("{")[0] == name}


def both_up():
    """All samples, once both ends of the session are up."""
    found = samples()
    return found if sum(of_family(found, "pppol2tp_session_up").values()) == 2 else None


def pppds():
    return sorted(run("pgrep -x pppd")[1].split())


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.theirs = must("cat /usr/lib/pppd/*/pppol2tp.so | sha256sum")

    def test_1_install_starts_the_service_as_its_unit_says(self):
        install(OLD)
        self.assertEqual(service("ActiveState"), "active")
        self.assertEqual(service("StatusText"), "Listening on 127.0.0.1:11701")
        status = pathlib.Path("/proc", service("MainPID"), "status").read_text()
        facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        self.assertEqual(facts["Uid"].split()[0], must("id -u pppol2tp-agent"))
        self.assertEqual(set(facts["Groups"].split()), set(must("getent group pppol2tp pppol2tp-agent | cut -d: -f3").split()))
        self.assertEqual({facts[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")}, {f"{1 << 12:016x}"})
        self.assertEqual((facts["NoNewPrivs"], facts["Seccomp"]), ("1", "2"))

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
