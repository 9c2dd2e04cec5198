#!/usr/bin/env python3
"""What it costs to find many sessions in one tunnel: the agent's CPU, and the time of its answers meanwhile.

Runs in a guest, as root. The sessions are made in the kernel, in one tunnel and without a plugin, so only walks find
them; the agent is scraped as by Prometheus. Prints Markdown; exits with 1 when a promise is broken.
"""

import argparse
import os
import pathlib
import sys
import time

GUEST = pathlib.Path(__file__).resolve().parents[2] / "guest"
CPU_PROMISED = 10  # percent of one processor


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--sessions", type=int, default=16_000)
    parser.add_argument("--limit", type=float, default=1500, help="seconds in which all have to be found")
    parser.add_argument("--after", type=float, default=60, help="seconds to measure for when all are known")
    return parser.parse_args()


def load(build):
    """The guest tests' support, which needs to know where the programs are."""
    sys.path[:0] = [str(GUEST), str(GUEST / "witness"), str(GUEST.parents[1] / "deploy" / "lib")]
    import pair

    pair.Pair.build = build
    import crowd
    import support

    return crowd, support


def dump_seconds(support):
    """Time of one walk over all sessions without a pause, as by `ip l2tp show session`."""
    began = time.monotonic()
    for _ in support.l2tp.Family().dump_datagrams(support.l2tp.SESSION_GET):
        pass
    return time.monotonic() - began


def row(what, cost):
    print(f"| {what} | {cost.seconds:.0f} s | {cost.share():.1f} % | {cost.share_between_scrapes():.1f} % "
          f"| {sorted(w for w, _ in cost.scrapes)[len(cost.scrapes) // 2]:.2f} s | {cost.slowest():.2f} s |", flush=True)


def main():
    options = arguments()
    crowd, support = load(options.build)
    support.load_modules()
    tunnel = crowd.make(1, options.sessions)
    release = os.uname().release
    print(f"Linux {release}, {options.sessions} sessions in one tunnel; a walk without a pause takes "
          f"{dump_seconds(support):.1f} s.\n", flush=True)
    print("| | how long | CPU | CPU between scrapes | scrape, median | slowest |\n|---|---|---|---|---|---|", flush=True)
    with crowd.agent_for(options.sessions) as agent:
        watch = crowd.Watch(agent)
        finding = watch.until(lambda known: known == options.sessions, options.limit)
        found = watch.known
        row("until all are known", finding)
        after = watch.until(lambda known: known != options.sessions, options.after)
        row("after that", after)
    tunnel.close()
    print(f"\n{found} sessions found; a scrape has {after.bytes / 1e6:.1f} MB.")
    kept = found == options.sessions and max(finding.share(), after.share()) < CPU_PROMISED
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
