"""The same comparison under xl2tpd: an LNS and a LAC, first with upstream's plugin in every pppd, then with ours."""

import os
import pathlib
import re
import shutil
import signal
import unittest
from unittest import mock

import kernel
import pair
import transcript
import twin
from link import installed_pppd_version
from waiting import wait_until

# The logs of the two pppds, each in its own /run.
RECORD = "probe.record"
LOGS = {"lns": "pppd", "lac": "pppd.1"}
# Whether a full second has passed by the end depends on timing.
RACES = ("[LCP Echo",)


class TwinUnderXl2tpd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(shutil.rmtree, twin.DIRECTORY, ignore_errors=True)
        cls.addClassCleanup(pair.demo, "down")
        cls.probes = pathlib.Path(pair.Pair.build, "tests", "guest", "pppd", "probe").resolve()

    def build_with(self, plugin, who):
        """A build tree for the demo, which takes the plugin from there."""
        version = installed_pppd_version()
        directory = twin.DIRECTORY / f"build-{who}"
        (directory / "plugin" / version).mkdir(parents=True)
        shutil.copy(plugin, directory / "plugin" / version / "pppol2tp.so")
        return directory

    def start(self, build):
        record = {"LD_PRELOAD": str(self.probes / "probe_calls.so"), "PROBE_OUTPUT": f"/run/{RECORD}"}
        arguments = ["--build", str(build), "--sessions", "1", "--no-agent", "--no-traffic"]
        for line in ("debug", f"plugin {self.probes}/probe_hooks.so"):
            arguments += ["--ppp-option", line]
        with mock.patch.dict(os.environ, record):
            pair.demo("up", *arguments)
        wait_until(lambda: all(self.families(side) == {"inet", "inet6"} for side in pair.SIDES), 60, "both families up")

    def families(self, side):
        return {family for addresses in kernel.ppp_addresses(side).values() for family, *_ in addresses}

    def end(self):
        """The LAC's pppd is told to end; returns the ids as {side: (tunnel id, session id)}."""
        pids = {side: (pair.STATE / side / "run" / "ppp0.pid").read_text().strip() for side in pair.SIDES}
        sessions = {side: self.session_of(side) for side in pair.SIDES}
        os.kill(int(pids["lac"]), signal.SIGTERM)
        wait_until(lambda: not any(pathlib.Path("/proc", pid).exists() for pid in pids.values()), 60, "both pppds gone")
        return sessions

    def session_of(self, side):
        pid = (pair.STATE / side / "daemons.pid").read_text().split()[0]
        (session,) = kernel.parse_sessions(side, pathlib.Path(f"/proc/{pid}/net/pppol2tp").read_text())
        return session.tunnel_id, session.session_id

    def observed(self, sessions):
        seen = {}
        for side, (tunnel_id, session_id) in sessions.items():
            own = [(f"tid {tunnel_id} sid {session_id}", "IDS"), (f"_hook({tunnel_id}, {session_id}, ", "_hook(IDS, ")]
            directory = pair.STATE / side
            seen |= transcript.streams(side, (directory / "log" / LOGS[side]).read_text(), own, RACES)
            seen |= transcript.probe_streams(side, (directory / "run" / RECORD).read_text(), own)
            daemons = "".join(log.read_text(errors="replace") for log in (directory / "log").glob("xl2tpd*"))
            seen[f"{side}: exit statuses"] = re.findall(r"pppd exited for call \d+ with (code \d+)", daemons)
        return seen

    def test_the_session_goes_as_with_upstreams(self):
        version = installed_pppd_version()
        seen = {}
        for who, plugin in {
            twin.UPSTREAM: f"/usr/lib/pppd/{version}/pppol2tp.so",
            twin.OURS: f"{pair.Pair.build}/plugin/{version}/pppol2tp.so",
        }.items():
            self.start(self.build_with(plugin, who))
            sessions = self.end()
            seen[who] = self.observed(sessions)
            pair.demo("down")
        upstream = seen[twin.UPSTREAM]
        self.assertIn("pppol2tp_ip_updown_hook(IDS, 1)", upstream["lns: calls and hooks"])
        self.assertIn("pppol2tp_ip_updown_hook(0, 0, 1)", upstream["lac: calls and hooks"])
        self.assertEqual(transcript.differences(upstream, seen[twin.OURS]), [])
