"""Sessions start and end: their traffic stays in their tunnel's totals, up to the kernel's last count."""

import concurrent.futures
import pathlib
import signal
import subprocess
import unittest

import kernel
import pair
import twin
from agent import Agent
from link import PPP_ADDRESSES, Link, in_namespace, wait_for_exit
from twin_scenarios import IPV4_UP, LNS, SOCKET
from waiting import wait_until

TUNNELS = 4  # for each direction; at the same time
TURNS = 4  # sessions in each, one after the other
COLUMNS = ("packets", "bytes", "errors")


def sums(triples):
    return tuple(map(sum, zip(*triples)))


class Churn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(twin.clean_up)
        twin.prepare()
        cls.plugin = twin.Twins(pair.Pair.build).plugins[twin.OURS]
        cls.agent = cls.enterClassContext(Agent(pair.Pair.build, twin.DIRECTORY / "agent"))

    def session(self, link, turn):
        """Runs one session with some traffic. Returns the kernel's counters of each end after its pppd has gone."""
        for end in link.ends.values():
            if turn > 0:
                end.add_session(turn)
            # Keeps the kernel's session, and so its counters, after pppd has gone.
            self.addCleanup(end.session.dup().close)
            twin.start(end, self.plugin, LNS if end.side == "lns" else SOCKET)
        wait_until(lambda: all(end.said().count(IPV4_UP) > turn for end in link.ends.values()), 60, f"{link.name} up")
        with in_namespace(link.lac.namespace):
            subprocess.run(["ping", "-q", "-c", "10", "-i", "0.02", PPP_ADDRESSES["lns"].split(":")[0]],
                           check=True, stdout=subprocess.DEVNULL)
        link.lac.process.send_signal(signal.SIGTERM)
        wait_for_exit(link.ends.values())

    def counted_by_kernel(self, end):
        """(bytes sent, bytes received) summed over all sessions of the end's tunnel, and the number of sessions."""
        with in_namespace(end.namespace):
            sessions = kernel.parse_sessions(end.side, pathlib.Path("/proc/thread-self/net/pppol2tp").read_text())
        return sums(s.transmit for s in sessions), sums(s.receive for s in sessions), len(sessions)

    def tunnel_life(self, number):
        with Link(f"churn{number}", twin.DIRECTORY / f"churn{number}", number) as link:
            for turn in range(TURNS):
                self.session(link, turn)
            return {end.tunnel_id: self.counted_by_kernel(end) for end in link.ends.values()}

    def told(self, metrics, tunnel_id):
        return tuple(
            tuple(metrics.value(f"pppol2tp_tunnel_{way}_{column}_total", tunnel_id=str(tunnel_id)) for column in COLUMNS)
            for way in ("transmit", "receive")
        )

    def test_totals_of_tunnels_are_what_the_kernel_counted_for_sessions_that_have_gone(self):
        with concurrent.futures.ThreadPoolExecutor(TUNNELS) as pool:
            lives = list(pool.map(self.tunnel_life, range(1, 1 + TUNNELS)))
        by_tunnel = {tunnel_id: counted for life in lives for tunnel_id, counted in life.items()}
        wait_until(lambda: len(self.agent.ends()) == 2 * TUNNELS * TURNS, 20, "all ends told")
        metrics = self.agent.metrics()
        for tunnel_id, (*counted, sessions) in by_tunnel.items():
            with self.subTest(tunnel_id=tunnel_id):
                self.assertEqual(sessions, TURNS)
                self.assertEqual(self.told(metrics, tunnel_id), tuple(counted))


if __name__ == "__main__":
    unittest.main()
