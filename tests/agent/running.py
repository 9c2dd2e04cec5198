"""The agent as a process, and sessions that report to it; for the tests in this folder."""

import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

AGENT = os.environ["PPPOL2TP_AGENT"]
SPEAKER = os.environ["PPPOL2TP_SPEAKER"]
SIMULATOR = os.environ["PPPOL2TP_SIMULATOR"]
PATIENCE = 20  # seconds after which a wait fails; the time itself is not tested


NOBODY = 65534


def program_for_nobody(directory):
    """Copies the agent to a place where any user can run it; other users may not be able to enter the build tree."""
    return shutil.copy(AGENT, directory / "agent")


AS_NOBODY = {"user": NOBODY, "group": NOBODY, "extra_groups": []}


# Processes that run at once begin at different places.
_candidates = itertools.count(16 * os.getpid())


def free_port():
    """A port that nobody has. The kernel takes the ports of outgoing connections from 32768 on, so it stays free, also while
    the program that listens on it is started again."""
    for candidate in _candidates:
        port = 10_000 + candidate % 20_000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def run_agent(*arguments, program=AGENT, **how):
    """Runs the agent until it exits: (exit status, standard output, standard error)."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                          check=False, **how)
    return done.returncode, done.stdout, done.stderr


def wait_until(what, predicate):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if predicate():
            return
        time.sleep(0.02)
    raise AssertionError(f"not within {PATIENCE} s: {what}")


class Speaker:
    """One session, using the real publisher."""

    def __init__(self, ring, tunnel_id, session_id, prefix=()):
        self.process = subprocess.Popen(
            [*prefix, SPEAKER, str(ring), str(tunnel_id), str(session_id)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._hear_ok()

    def say(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        self._hear_ok()

    def kill(self):
        self.process.kill()
        self.close()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def _hear_ok(self):
        answer = self.process.stdout.readline()
        assert answer == "ok\n", f"session_speaker said {answer!r}"


class Simulator:
    """Many sessions, using the real publisher; a context manager."""

    def __init__(self, ring, prefix=(), **flags):
        arguments = [f"--{name}={value}" for name, value in flags.items()]
        self.process = subprocess.Popen([*prefix, SIMULATOR, f"--ring={ring}", *arguments],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def say(self, command):
        """The answer, a single line."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def report(self):
        """What the simulator has done so far."""
        return json.loads(self.say("report"))

    def drop(self, count, cause):
        """How many were dropped."""
        answer = self.say(f"drop {count} {cause}")
        assert answer.startswith("ok "), answer
        return int(answer.split()[1])

    def stop(self):
        """Ends every session on request; returns the last report."""
        self.process.terminate()
        return json.loads(self.process.communicate(timeout=PATIENCE)[0])

    def kill(self):
        self.process.kill()
        self.process.wait()


TRAFFIC = ("receive_bytes", "receive_packets", "transmit_bytes", "transmit_packets")


def without_living(report):
    """A simulator's report as the agent's counts: sums over tunnels, without living sessions and single tunnels."""
    sums = {what: sum(tunnel[what] for tunnel in report["tunnels"].values()) for what in TRAFFIC}
    return {"starts": report["starts"], "ends": report["ends"]} | sums


def counted(samples):
    """An agent's counts in the form of without_living()."""
    prefix = 'pppol2tp_session_ends_total{cause="'
    return {
        "starts": samples["pppol2tp_session_starts_total"],
        "ends": {name[len(prefix):-2]: value for name, value in samples.items() if name.startswith(prefix) and value},
    } | {what: samples[f"pppol2tp_{what}_total"] for what in TRAFFIC}


def counted_by_tunnel(samples, tunnels):
    """The same for each of these tunnels, in the form of a report's `tunnels`."""
    return {tunnel: {what: samples.get(f'pppol2tp_tunnel_{what}_total{{tunnel_id="{tunnel}"}}') for what in TRAFFIC}
            for tunnel in tunnels}


class Agent:
    """An agent with its own directory; a context manager."""

    address = "127.0.0.1"
    prefix = ()  # put before the command that starts it

    def __init__(self, **options):
        self.directory = tempfile.TemporaryDirectory()
        os.chmod(self.directory.name, 0o755)
        self.path = pathlib.Path(self.directory.name)
        self.ring = self.path / "ring"
        self.config = self.path / "agent.yml"
        self.log = self.path / "log"
        self.port = free_port()
        self.options = {
            "listen": f'["{self.target}"]',
            "ring": str(self.ring),
            "state_file": str(self.path / "state"),
            "checkpoint_interval": "1s",
            "ask_kernel": "false",  # a kernel with L2TP would say that these sessions do not exist
        } | options
        self.process = None
        self.program = AGENT
        self.how = {}  # further arguments of subprocess.Popen
        self.write_config()

    @property
    def target(self):
        return f"{self.address}:{self.port}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.directory.cleanup()

    def write_config(self, **changes):
        self.options |= changes
        self.config.write_text("".join(f"{key}: {value}\n" for key, value in self.options.items()))

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*self.prefix, self.program, "--config", str(self.config)], stderr=log, **self.how)
        wait_until("the agent is ready", lambda: self.is_ready() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()

    def is_ready(self):
        try:
            return self.get("/-/ready")[0] == 200
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def get(self, path, method="GET"):
        request = urllib.request.Request(f"http://{self.target}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def samples(self):
        """The exposition as {"name{labels}": value}."""
        status, body = self.get("/metrics")
        assert status == 200, body
        return {match[1]: float(match[2])
                for match in re.finditer(r"^([^#\s].*) (\S+)$", body, re.MULTILINE)}

    def value(self, series):
        return self.samples().get(series)
