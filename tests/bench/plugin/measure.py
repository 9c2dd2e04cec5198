#!/usr/bin/env python3
"""What our plugin costs a pppd, against upstream's in the same boot and in turns. Prints Markdown.

Runs in the guest, as root (tests/bench/run plugin). N sessions of one tunnel have a pppd at each end; the LNS's pppds
are measured: memory once all are up, then wake-ups and processor time over a while in which only LCP echos are sent.
Processor time is the scheduler's own (schedstat, nanoseconds), not ticks. The start is that of one LNS's pppd, from fork
to its line about the peer's IP address, with a LAC that already waits.
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
HEAD = "| of one pppd | upstream's plugin | ours | ratio | difference |\n|---|---|---|---|---|"
COMMON = ("nodetach", "noauth", "noccp", "nodefaultroute", "noipv6", "lcp-echo-failure", "4")
SETTLE_SECONDS = 400  # by then the plugin's pace has come down to its slowest: 10, 20, 40 and 80 s, each until an echo


def start(end, number, plugin, echo_seconds, output=None):
    """A pppd for session `number` of the tunnel; the LAC's waits for the LNS's first frame, and sends no echos."""
    end.add_session(number)
    options = ["plugin", str(plugin), "pppol2tp", str(end.session.fileno()), *COMMON]
    local, peer = (f"10.{net}.{number // 250}.{number % 250 + 1}" for net in (96, 97))
    if end.side == "lns":
        options += ["pppol2tp_lns_mode", "pppol2tp_tunnel_id", str(end.tunnel_id), "pppol2tp_session_id", str(1 + number)]
        options += ["lcp-echo-interval", str(echo_seconds), "lcp-max-configure", "1000"]
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
        lac = start(made.lac, 0, plugin, 0)
        made.lac.wait_for("Connect: ppp0")
        reading, writing = os.pipe()
        begun = time.monotonic()
        lns = start(made.lns, 0, plugin, 30, output=writing)
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


def wake_ups(processes):
    status = (pathlib.Path(f"/proc/{p.pid}/status").read_text() for p in processes)
    return sum(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.MULTILINE)[1]) for text in status)


def addresses_up(namespace):
    shown = subprocess.run(["ip", "-n", namespace, "-br", "addr"], check=True, capture_output=True, text=True).stdout
    return len(re.findall(r"^ppp\d+ .* peer ", shown, re.MULTILINE))


def with_sessions(plugin, name, count, echo_seconds, window):
    """(private KiB, proportional KiB, wake-ups an hour, processor milliseconds an hour), each for one pppd."""
    with link.Link(name, twin.DIRECTORY / name) as made:
        lac = [start(made.lac, number, plugin, echo_seconds) for number in range(count)]
        lns = [start(made.lns, number, plugin, echo_seconds) for number in range(count)]
        wait_until(lambda: addresses_up(made.lns.namespace) == count, 20 * count, f"{count} sessions up", pause=1)
        time.sleep(SETTLE_SECONDS)
        private = statistics.median(memory_kib(p, "Private_Clean|Private_Dirty") for p in lns)
        proportional = statistics.median(memory_kib(p, "Pss") for p in lns)
        woken, used, begun = wake_ups(lns), processor_seconds(lns), time.monotonic()
        time.sleep(window)
        hours = (time.monotonic() - begun) / 3600
        woken, used = wake_ups(lns) - woken, processor_seconds(lns) - used
        stop(lac + lns)
        return private, proportional, woken / count / hours, 1000 * used / count / hours


def row(what, unit, values, digits):
    upstream, ours = (statistics.median(values[who]) for who in WHO)
    ratio = f"{ours / upstream:.2f}" if upstream else "-"
    print(f"| {what} | {upstream:.{digits}f} {unit} | {ours:.{digits}f} {unit} | {ratio} | {ours - upstream:+.{digits}f} {unit} |")


def in_turns(count, measure):
    """{who: [measure(who, number)]}"""
    measured = {who: [] for who in WHO}
    for number in range(count):
        for who in WHO if number % 2 else reversed(WHO):
            measured[who].append(measure(who, number))
    return measured


def measure_starts(plugins, count):
    # The first one reads everything from disk, and creates the ring.
    taken = in_turns(count + 1, lambda who, number: 1000 * seconds_to_ip_up(plugins[who], f"s{who[0]}{number}"))
    print(f"{count} starts\n\n{HEAD}")
    row("start to IP up", "ms", {who: times[1:] for who, times in taken.items()}, 1)


def measure_rest(plugins, rounds, sessions, echo_seconds, window):
    measured = in_turns(
        rounds, lambda who, number: with_sessions(plugins[who], f"n{who[0]}{number}", sessions, echo_seconds, window)
    )
    print(f"{rounds} rounds of {sessions} sessions at rest; LCP echo every {echo_seconds} s\n\n{HEAD}")
    rows = (
        ("private memory (USS)", "KiB", 0),
        ("memory with its share (PSS)", "KiB", 0),
        ("wake-ups", "1/h", 0),
        ("processor time", "ms/h", 2),
    )
    for index, (what, unit, digits) in enumerate(rows):
        row(what, unit, {who: [values[index] for values in measured[who]] for who in WHO}, digits)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, metavar="DIR")
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=0, help="of N sessions with each plugin")
    parser.add_argument("--echo", type=int, default=30, metavar="SECONDS", help="lcp-echo-interval of the LNS; 0: no echos")
    parser.add_argument("--window", type=int, default=3600, metavar="SECONDS", help="in which processor time is measured")
    parser.add_argument("--starts", type=int, default=0, help="of one session with each plugin")
    arguments = parser.parse_args()
    twin.prepare()
    plugins = twin.Twins(arguments.build).plugins
    print(f"pppd {link.installed_pppd_version()}, Linux {os.uname().release}; medians of", end=" ")
    if arguments.starts:
        measure_starts(plugins, arguments.starts)
    if arguments.rounds:
        measure_rest(plugins, arguments.rounds, arguments.sessions, arguments.echo, arguments.window)
    twin.clean_up()


if __name__ == "__main__":
    main()
