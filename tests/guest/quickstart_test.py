"""deploy/quickstart where the kernel has PPPoL2TP, and what it leaves behind: nothing."""

import pathlib
import subprocess
import unittest

from pair import DEMO, STATE, Pair

QUICKSTART = DEMO.parents[1] / "quickstart"


def namespaces_mounts_and_daemons():
    names = ("xl2tpd", "pppd", "ping", "pppol2tp-agent")
    processes = (p.read_text().strip() for p in pathlib.Path("/proc").glob("[0-9]*/comm"))
    return (
        subprocess.run(["ip", "netns"], check=True, capture_output=True, text=True).stdout,
        pathlib.Path("/proc/self/mounts").read_text(),
        sorted(name for name in processes if name in names),
        STATE.exists(),
    )


class QuickstartOnTheHost(unittest.TestCase):
    def test_it_shows_moving_counters_and_leaves_nothing_behind(self):
        before = namespaces_mounts_and_daemons()
        command = [QUICKSTART, "--check", "--kernel", "auto", "--sessions", "2", "--build", Pair.build]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("this host's own", done.stdout)
        self.assertIn("user2", done.stdout)
        self.assertEqual(namespaces_mounts_and_daemons(), before)

    def test_the_demo_refuses_a_namespace_that_is_not_its_own(self):
        subprocess.run(["ip", "netns", "add", "lac"], check=True)
        self.addCleanup(subprocess.run, ["ip", "netns", "del", "lac"], check=True)
        refused = subprocess.run([DEMO, "up", "--build", Pair.build], capture_output=True, text=True)
        self.assertNotEqual(refused.returncode, 0)
        self.assertEqual(len(refused.stderr.splitlines()), 1, refused.stderr)
        self.assertIn("'lac'", refused.stderr)
        self.assertTrue(pathlib.Path("/run/netns/lac").exists())
        self.assertFalse(STATE.exists())
