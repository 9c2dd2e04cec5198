"""The two xl2tpd sides with their sessions, and the agent: controls deploy/demo/demo."""

import os
import pathlib
import signal
import subprocess

import kernel
from exposition import scrape
from waiting import wait_until

STATE = pathlib.Path("/run/pppol2tp-demo")
DEMO = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "demo" / "demo"
LISTEN = "127.0.0.1:11701"
SIDES = ("lns", "lac")


def demo(*arguments):
    """Passes on the command's output; a failure is an error of the test."""
    subprocess.run([DEMO, *arguments], check=True, stdin=subprocess.DEVNULL)


def logs():
    """The end of every log, and what the agent shows of sessions now."""
    files = sorted(STATE.glob("*/log/*")) + sorted(STATE.glob("*.log"))
    told = [f"--- {f}\n{_tail(f)}" for f in files if f.stat().st_size]
    try:
        lines = scrape(f"http://{LISTEN}/metrics").text.splitlines()
        shown = [line for line in lines if line.startswith(("pppol2tp_session_", "pppol2tp_ring_"))]
        told.append("--- /metrics\n" + "\n".join(shown))
    except OSError as error:
        told.append(f"--- /metrics: {error}")
    kernel_log = subprocess.run(["dmesg"], capture_output=True, text=True).stdout.splitlines()
    told.append("--- the kernel's log\n" + "\n".join(kernel_log[-5:]))
    return "\n".join(told)


def _tail(path):
    """Without the lines in which xl2tpd lists pppd's arguments, one per line."""
    lines = path.read_text(errors="replace").splitlines()
    return "\n".join([line for line in lines if ']: "' not in line][-8:])


class Pair:
    """Starts with all sessions running; usable as `with Pair(...) as pair` and in setUpClass."""

    build = None  # set once by run, like the next one
    is_quick = False

    def __init__(self, sessions=3, retention="15m", ppp_options=(), traffic=True, ring_directory=True):
        self.sessions = sessions
        self._arguments = ["--build", self.build, "--sessions", str(sessions)]
        self._arguments += ["--listen", LISTEN, "--retention", retention]
        # Counters are reported every second instead of every ten, to keep the tests short.
        for option in ("pppol2tp_stats_interval 1", *ppp_options):
            self._arguments += ["--ppp-option", option]
        if not traffic:
            self._arguments.append("--no-traffic")
        if not ring_directory:
            self._arguments.append("--no-ring-directory")

    @classmethod
    def for_class(cls, test_class, **keywords):
        """Starts it now; stops it after the class' last test."""
        pair = cls(**keywords)
        test_class.addClassCleanup(pair.down)
        return pair.up()

    def up(self):
        demo("up", *self._arguments)
        wait_until(self._all_run, 60, f"{self.sessions} sessions with an address on both sides", pause=0.3)
        return self

    def down(self):
        demo("down")

    __enter__ = up

    def __exit__(self, *_):
        self.down()

    def _all_run(self):
        return all(
            sum(any(family == "inet" for family, *_ in a) for a in kernel.ppp_addresses(side).values()) == self.sessions
            for side in SIDES
        )

    def kernel_sessions(self, side):
        """The sessions in /proc/net/pppol2tp of the side's namespace."""
        pid = (STATE / side / "daemons.pid").read_text().split()[0]
        return kernel.parse_sessions(side, pathlib.Path(f"/proc/{pid}/net/pppol2tp").read_text())

    def all_kernel_sessions(self):
        return [s for side in SIDES for s in self.kernel_sessions(side)]

    def both_ends(self):
        """[(the LNS's end, the LAC's end)] of every session."""
        lac = self.kernel_sessions("lac")
        return [(a, next(b for b in lac if a.is_other_end_of(b))) for a in self.kernel_sessions("lns")]

    def pppd_of(self, session):
        """The process' path in /proc, by the pid file that pppd wrote."""
        return pathlib.Path("/proc", (STATE / session.side / "run" / f"{session.ifname}.pid").read_text().strip())

    def kill_pppd_of(self, session, signal_number):
        os.kill(int(self.pppd_of(session).name), signal_number)

    def hang_up(self, lac_session):
        """Tells the LAC's xl2tpd, through its control pipe, to close that session's call."""
        arguments = self.pppd_of(lac_session).joinpath("cmdline").read_text().split("\0")
        number = arguments[arguments.index("name") + 1].removeprefix("user")
        (STATE / "lac" / f"xl2tpd.{number}.control").write_text("d session")

    def metrics(self):
        return scrape(f"http://{LISTEN}/metrics")

    def metrics_or_none(self):
        try:
            return self.metrics()
        except OSError:
            return None

    def wait_for_metrics_of(self, sessions, seconds=20):
        """Waits until the agent shows all of `sessions` as up."""

        def all_up():
            metrics = self.metrics_or_none()
            up = metrics and all(metrics.value("pppol2tp_session_up", **s.labels()) == 1 for s in sessions)
            return metrics if up else None

        return wait_until(all_up, seconds, "all sessions up at the agent")

    def stop_traffic(self):
        demo("traffic", "stop")

    def kill_agent(self):
        os.kill(int((STATE / "agent.pid").read_text().split()[0]), signal.SIGKILL)

    def start_agent(self):
        demo("agent", "start")

    def pppd_logs(self, side):
        """{file name: lines}. The LNS's sessions share one file, the LAC's have one each."""
        return {f.name: f.read_text().splitlines() for f in sorted((STATE / side / "log").glob("pppd*"))}
