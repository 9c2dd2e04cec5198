"""deploy/quickstart on a kernel with PPPoL2TP; it leaves nothing behind."""

import os
import pathlib
import signal
import subprocess
import unittest

from pair import DEMO, STATE, Pair

QUICKSTART = DEMO.parents[1] / "quickstart"


def namespaces_mounts_and_daemons():
    # `ip netns add` makes /run/netns a mount for good; that is iproute2's, not ours.
    mounts = [m for m in pathlib.Path("/proc/self/mounts").read_text().splitlines() if " /run/netns " not in m]
    names = ("xl2tpd", "pppd", "ping", "pppol2tp-agent")
    processes = (p.read_text().strip() for p in pathlib.Path("/proc").glob("[0-9]*/comm"))
    return (
        subprocess.run(["ip", "netns"], check=True, capture_output=True, text=True).stdout,
        mounts,
        sorted(name for name in processes if name in names),
        STATE.exists(),
    )


class QuickstartOnTheHost(unittest.TestCase):
    def test_it_shows_the_sessions_and_ctrl_c_leaves_nothing_behind(self):
        before = namespaces_mounts_and_daemons()
        quickstart = subprocess.Popen(
            [QUICKSTART, "--sessions", "2", "--build", Pair.build],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with quickstart:
            said = ""
            for line in quickstart.stdout:
                said += line
                if "Press Ctrl-C" in line:
                    break
            # To the whole process group, as a terminal does.
            os.killpg(quickstart.pid, signal.SIGINT)
            said += quickstart.stdout.read()
        self.assertEqual(quickstart.returncode, 128 + signal.SIGINT, said)
        self.assertIn("this host's own", said)
        self.assertIn("user2", said)
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
