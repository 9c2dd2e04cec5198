"""Runs a scenario with one plugin, and records what can be observed."""

import pathlib
import shutil
import subprocess

import link
import transcript

UPSTREAM, OURS = "upstream", "ours"
DIRECTORY = pathlib.Path("/run/twin")
COMMON = ("nodetach", "debug", "noauth", "noccp", "nodefaultroute")
SECRETS = "user lns secret *\n"


class Twins:
    """The two plugins, each under its own name in its own directory, with the probes. Made once for all scenarios."""

    def __init__(self, build):
        version = link.installed_pppd_version()
        sources = {
            UPSTREAM: f"/usr/lib/pppd/{version}/pppol2tp.so",
            OURS: f"{build}/plugin/{version}/pppol2tp.so",
        }
        self.plugins = {}
        for who, source in sources.items():
            directory = DIRECTORY / who
            directory.mkdir(parents=True, exist_ok=True)
            self.plugins[who] = pathlib.Path(shutil.copy(source, directory / "pppol2tp.so"))
        probes = pathlib.Path(build, "tests", "guest", "pppd", "probe")
        self.calls = probes / "probe_calls.so"
        # Two copies, because pppd loads the probe twice: see probe/hooks.c.
        self.first = shutil.copy(probes / "probe_hooks.so", DIRECTORY / "first.so")
        self.last = shutil.copy(probes / "probe_hooks.so", DIRECTORY / "last.so")

    def run(self, scenario, who, name, directory, rings=None):
        """{stream: lines}. `name` is the link's; `rings`: {side: path}, for rings that are not at the default place."""
        with link.Link(name, directory) as made:
            statuses = scenario.course(made, self._starter(scenario, who, directory, rings or {}))
            return self._observed(made, scenario, who, directory, statuses)

    def _starter(self, scenario, who, directory, rings):
        def start(end, descriptors=(), other=None):
            words = [
                *("plugin", str(self.first)),
                *scenario.plugins,
                *("plugin", str(self.last)),
                *COMMON,
                *(("pppol2tp_ring", str(rings[end.side])) if end.side in rings else ()),
                # Not last: `pppol2tp` without a descriptor would read it as one, and 10 may be the session's own.
                link.PPP_ADDRESSES[end.side],
                *scenario.both,
                *(scenario.lns if end.side == "lns" else scenario.lac),
            ]
            values = {
                "fd": end.session.fileno(),
                "other": other,
                "tunnel_id": end.tunnel_id,
                "session_id": end.session_id,
                "plugin": self.plugins[who],
            }
            environment = {"LD_PRELOAD": str(self.calls), "PROBE_OUTPUT": str(directory / f"{end.side}.probe")}
            end.start_pppd([word.format(**values) for word in words], environment, descriptors=descriptors)

        return start

    def _observed(self, made, scenario, who, directory, statuses):
        own = ((str(self.plugins[who]), "PLUGIN"), (str(directory), "DIRECTORY"))
        seen = {"exit statuses": [f"{side} {status}" for side, status in sorted(statuses.items())]}
        for side, end in made.ends.items():
            probe = directory / f"{side}.probe"
            seen |= transcript.streams(side, end.said(), own, scenario.races)
            seen |= transcript.probe_streams(side, probe.read_text() if probe.exists() else "", own)
        return seen


def start(end, plugin, options, common=COMMON, environment=None):
    """A pppd with that plugin and without probes: for tests of what the agent shows."""
    words = ["plugin", str(plugin), *common, "noipv6", *options, link.PPP_ADDRESSES[end.side]]
    values = {"fd": end.session.fileno(), "tunnel_id": end.tunnel_id, "session_id": end.session_id}
    end.start_pppd([word.format(**values) for word in words], environment)


def prepare():
    """pppd's configuration files while the tests run: no scripts, no options, one secret."""
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/etc/ppp"], check=True)
    for name, text in {"options": "", "chap-secrets": SECRETS, "pap-secrets": SECRETS}.items():
        pathlib.Path("/etc/ppp", name).write_text(text)
        pathlib.Path("/etc/ppp", name).chmod(0o600)
    pathlib.Path("/run/pppol2tp").mkdir(mode=0o755, exist_ok=True)


def clean_up():
    subprocess.run(["umount", "/etc/ppp"], check=True)
    shutil.rmtree("/run/pppol2tp", ignore_errors=True)
    shutil.rmtree(DIRECTORY, ignore_errors=True)
