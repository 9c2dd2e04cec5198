#!/usr/bin/env python3
"""What our plugin costs a pppd, against upstream's in the same boot and in turns. Prints Markdown.

Runs in the guest, as root (tests/bench/run plugin). Of N sessions of one tunnel, with a pppd at each end, those
of the LNS are measured: memory once all are up, then processor time over a while in which nothing but LCP echos is
sent. Processor time is the scheduler's own (schedstat, nanoseconds), not ticks. The start is that of one
LNS's pppd, from fork to its line about the peer's IP address, against a LAC that already waits.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

GUEST = pathlib.Path(__file__).resolve().parents[2] / "guest"
sys.path[:0] = [str(GUEST), str(GUEST / "pppd")]
import link  # noqa: E402  (its path is known only now)
import twin  # noqa: E402
from waiting import wait_until  # noqa: E402

WHO = (twin.UPSTREAM, twin.OURS)
ECHO_SECONDS = 30
COMMON = ("nodetach", "noauth", "noccp", "nodefaultroute", "noipv6", "lcp-echo-failure", "4")
WINDOW_SECONDS = 60


def start(end, number, plugin, output=None):
    """A pppd for session `number` of the tunnel; the LAC's waits for the LNS's first word."""
    end.add_session(number)
    options = ["plugin", str(plugin), "pppol2tp", str(end.session.fileno()), *COMMON]
    local, peer = (f"10.{net}.{number // 250}.{number % 250 + 1}" for net in (96, 97))
    if end.side == "lns":
        options += ["pppol2tp_lns_mode", "pppol2tp_tunnel_id", str(end.tunnel_id), "pppol2tp_session_id", str(1 + number)]
        options += ["lcp-echo-interval", str(ECHO_SECONDS), "lcp-max-configure", "1000"]
    else:
        options += ["silent"]
        local, peer = peer, local
    return end.start_pppd([*options, f"{local}:{peer}"], output=output)


def stop(processes):
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()


def seconds_to_ip_up(plugin, name):
    with link.Link(name, twin.DIRECTORY / name) as made:
        lac = start(made.lac, 0, plugin)
        made.lac.wait_for("Connect: ppp0")
        reading, writing = os.pipe()
        begun = time.monotonic()
        lns = start(made.lns, 0, plugin, output=writing)
        os.close(writing)
        with open(reading) as said:
            up = next(line for line in said if line.startswith("remote IP address"))
            taken = time.monotonic() - begun
            assert up
            lns.terminate()
            said.read()
        stop([lac, lns])
        return taken


def memory_kib(process, kind):
    text = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return sum(int(kib) for kib in re.findall(rf"^(?:{kind}):\s+(\d+) kB", text, re.MULTILINE))


def processor_seconds(processes):
    return sum(int(pathlib.Path(f"/proc/{p.pid}/schedstat").read_text().split()[0]) for p in processes) / 1e9


def addresses_up(namespace):
    shown = subprocess.run(["ip", "-n", namespace, "-br", "addr"], check=True, capture_output=True, text=True).stdout
    return len(re.findall(r"^ppp\d+ .* peer ", shown, re.MULTILINE))


def with_sessions(plugin, name, count):
    """(private KiB, proportional KiB, processor seconds an hour), each for one pppd."""
    with link.Link(name, twin.DIRECTORY / name) as made:
        lac = [start(made.lac, number, plugin) for number in range(count)]
        lns = [start(made.lns, number, plugin) for number in range(count)]
        wait_until(lambda: addresses_up(made.lns.namespace) == count, 20 * count, f"{count} sessions up", pause=1)
        time.sleep(ECHO_SECONDS / 2)  # whatever starting left to do
        private = statistics.median(memory_kib(p, "Private_Clean|Private_Dirty") for p in lns)
        proportional = statistics.median(memory_kib(p, "Pss") for p in lns)
        before, begun = processor_seconds(lns), time.monotonic()
        time.sleep(WINDOW_SECONDS)
        used, window = processor_seconds(lns) - before, time.monotonic() - begun
        stop(lac + lns)
        return private, proportional, used / count / window * 3600


def row(what, unit, values, digits):
    upstream, ours = (statistics.median(values[who]) for who in WHO)
    ratio = f"{ours / upstream:.2f}" if upstream else "-"
    print(f"| {what} | {upstream:.{digits}f} {unit} | {ours:.{digits}f} {unit} | {ratio} | {ours - upstream:+.{digits}f} {unit} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, metavar="DIR")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=2, help="of N sessions with each plugin")
    parser.add_argument("--starts", type=int, default=15, help="of one session with each plugin")
    arguments = parser.parse_args()
    twin.prepare()
    plugins = twin.Twins(arguments.build).plugins
    starts = {who: [] for who in WHO}
    for number in range(arguments.starts + 1):
        for who in WHO if number % 2 else reversed(WHO):
            taken = seconds_to_ip_up(plugins[who], f"s{who[0]}{number}")
            if number:  # the first reads everything from disk, and makes the ring
                starts[who].append(taken)
    measured = {who: [] for who in WHO}
    for number in range(arguments.rounds):
        for who in WHO if number % 2 else reversed(WHO):
            measured[who].append(with_sessions(plugins[who], f"n{who[0]}{number}", arguments.sessions))
    twin.clean_up()

    private, proportional, processor = ({who: [m[i] for m in measured[who]] for who in WHO} for i in range(3))
    print(f"pppd {link.installed_pppd_version()}, Linux {os.uname().release}, {arguments.sessions} sessions, medians of")
    print(f"{arguments.starts} starts and {arguments.rounds} rounds; statistics every 10 s, LCP echo every {ECHO_SECONDS} s\n")
    print("| of one pppd | upstream's plugin | ours | ratio | difference |\n|---|---|---|---|---|")
    row("start to IP up", "ms", {who: [1000 * s for s in starts[who]] for who in WHO}, 0)
    row("private memory (USS)", "KiB", private, 0)
    row("memory with its share (PSS)", "KiB", proportional, 0)
    row("processor time", "s/h", processor, 2)


if __name__ == "__main__":
    main()
