"""Scenarios that pppd runs with upstream's plugin and with ours, to see whether it does the same.

A scenario is pppd's options on both sides and a course: what is done to the link, and when it is over. In the
options, {fd}, {tunnel_id} and {session_id} stand for the end's own, {plugin} for the plugin's path.
"""

import os
import signal
import socket
from dataclasses import dataclass
from typing import Callable

from link import wait_for_exit

SOCKET = ("pppol2tp", "{fd}")
IDS = ("pppol2tp_tunnel_id", "{tunnel_id}", "pppol2tp_session_id", "{session_id}")
LNS = (*SOCKET, "pppol2tp_lns_mode", *IDS)
ONLY_IPV6 = ("noip", "+ipv6")
ONLY_IPV4 = ("noipv6",)
IPV4_UP = "remote IP address"
IPV6_UP = "remote LL address"


def hang_up(side, signal_number=signal.SIGTERM, once=(IPV4_UP,), detached=None):
    """Both ends are up, then one gets a signal. Waits for both, and for the process that `detached` became."""

    def course(link, start):
        for end in link.ends.values():
            start(end)
        for end in link.ends.values():
            for text in once:
                end.wait_for(text)
        link.ends[side].process.send_signal(signal_number)
        statuses = wait_for_exit(link.ends.values())
        if detached:
            link.ends[detached].wait_until_deserted()
        return statuses

    return course


def both_end(link, start):
    """Both ends end by themselves."""
    for end in link.ends.values():
        start(end)
    return wait_for_exit(link.ends.values())


def alone(link, start):
    """There is no other end, and this end does not wait for one."""
    start(link.lns)
    return wait_for_exit([link.lns])


def with_descriptor(make):
    """Like `alone`, with `pppol2tp {other}` naming what `make` opens."""

    def course(link, start):
        with make() as file:
            start(link.lns, descriptors=[file.fileno()], other=file.fileno())
            return wait_for_exit([link.lns])

    return course


@dataclass(frozen=True)
class Scenario:
    lns: tuple = LNS
    lac: tuple = SOCKET
    course: Callable = hang_up("lac")
    both: tuple = ONLY_IPV4  # options of both sides
    plugins: tuple = ("plugin", "{plugin}")
    races: tuple = ()  # see transcript.streams


SCENARIOS = {
    "LAC hangs up": Scenario(),
    "LNS hangs up": Scenario(course=hang_up("lns")),
    "SIGINT": Scenario(course=hang_up("lac", signal.SIGINT)),
    "LNS mode without ids": Scenario(lns=(*SOCKET, "pppol2tp_lns_mode"), course=alone),
    "LNS mode with tunnel id alone": Scenario(
        lns=(*SOCKET, "pppol2tp_lns_mode", "pppol2tp_tunnel_id", "{tunnel_id}"), course=alone
    ),
    "ids on both sides": Scenario(lac=(*SOCKET, *IDS)),
    "negative ids": Scenario(lac=(*SOCKET, "pppol2tp_tunnel_id", "-1", "pppol2tp_session_id", "-7")),
    "send_seq": Scenario(lns=(*LNS, "pppol2tp_send_seq")),
    "send_seq and recv_seq": Scenario(
        lns=(*LNS, "pppol2tp_send_seq", "pppol2tp_recv_seq"), lac=(*SOCKET, "pppol2tp_send_seq", "pppol2tp_recv_seq")
    ),
    "reorderto": Scenario(lns=(*LNS, "pppol2tp_send_seq", "pppol2tp_reorderto", "200")),
    "debug_mask 1": Scenario(lns=(*LNS, "pppol2tp_debug_mask", "1")),
    "debug_mask 2": Scenario(lns=(*LNS, "pppol2tp_debug_mask", "2"), lac=(*SOCKET, "pppol2tp_debug_mask", "2")),
    "debug_mask 15": Scenario(lns=(*LNS, "pppol2tp_debug_mask", "15"), lac=(*SOCKET, "pppol2tp_debug_mask", "15")),
    "ACCM refused": Scenario(lns=(*LNS, "pppol2tp_debug_mask", "15"), lac=(*SOCKET, "default-asyncmap")),
    "ACCM of its own": Scenario(lns=(*LNS, "asyncmap", "a0000"), lac=(*SOCKET, "asyncmap", "200a0000")),
    "ifname": Scenario(lns=(*LNS, "pppol2tp_ifname", "customer7"), lac=(*SOCKET, "pppol2tp_ifname", "uplink")),
    "ifname and debug_mask": Scenario(lns=(*LNS, "pppol2tp_ifname", "customer7", "pppol2tp_debug_mask", "2")),
    "ifname that is taken": Scenario(lns=(*LNS, "pppol2tp_ifname", "lo")),
    "MTU below the peer's MRU": Scenario(lns=(*LNS, "mtu", "1300"), lac=(*SOCKET, "mru", "1400")),
    "MRU above the MTU": Scenario(lns=(*LNS, "mtu", "1200", "mru", "1400"), lac=(*SOCKET, "mtu", "1400", "mru", "1400")),
    "MRU 1600": Scenario(lns=(*LNS, "mru", "1600"), lac=(*SOCKET, "mru", "1600", "mtu", "1600")),
    "IPv6 alone": Scenario(both=ONLY_IPV6, course=hang_up("lac", once=(IPV6_UP,))),
    "both families": Scenario(both=("+ipv6",), course=hang_up("lac", once=(IPV4_UP, IPV6_UP))),
    "LCP echos": Scenario(
        both=(*ONLY_IPV4, "lcp-echo-interval", "1", "lcp-echo-failure", "30"),
        # The first is sent when LCP is up. How many more are sent before the end depends on timing.
        races=tuple(f"[LCP Echo{kind} id={number:#x} " for kind in ("Req", "Rep") for number in range(1, 60)),
    ),
    "CHAP": Scenario(
        lns=(*LNS, "name", "lns", "auth", "require-chap"), lac=(*SOCKET, "name", "user", "noauth"), course=hang_up("lac")
    ),
    "a wrong CHAP secret": Scenario(
        lns=(*LNS, "name", "lns", "auth", "require-chap"),
        lac=(*SOCKET, "name", "user", "password", "wrong", "noauth"),
        course=both_end,
    ),
    "CHAP refused": Scenario(
        lns=(*LNS, "name", "lns", "auth", "require-chap"),
        lac=(*SOCKET, "noauth", "refuse-chap"),
        course=both_end,
        # The client goes on to IPCP, and may have sent a request before the LNS ends the link.
        races=("IPCP", "Discarded non-LCP packet"),
    ),
    "nobody answers": Scenario(lns=(*LNS, "lcp-max-configure", "2", "lcp-restart", "1"), course=alone),
    "connect time is over": Scenario(lns=(*LNS, "maxconnect", "2"), course=both_end),
    "detached": Scenario(lns=(*LNS, "updetach"), course=hang_up("lac", detached="lns")),
    "loaded twice": Scenario(plugins=("plugin", "{plugin}", "plugin", "{plugin}")),
    "dump": Scenario(lns=(*LNS, "pppol2tp_send_seq", "pppol2tp_reorderto", "20", "dump"), lac=(*SOCKET, "dump")),
    "dryrun": Scenario(lns=(*LNS, "pppol2tp_ifname", "customer7", "dump", "dryrun"), course=alone),
    "dryrun without a socket": Scenario(lns=("notty", "dump", "dryrun"), course=alone),
    "no socket": Scenario(lns=("pppol2tp",), course=alone),
    # Above the highest descriptor of a test of many links: a lower number may be the session's own socket.
    "a closed descriptor": Scenario(lns=("pppol2tp", "1000"), course=alone),
    "a descriptor that is no number": Scenario(lns=("pppol2tp", "socket"), course=alone),
    "a negative descriptor": Scenario(lns=("pppol2tp", "-1"), course=alone),
    "two descriptors": Scenario(lns=(*LNS, *SOCKET), course=alone),
    "another kind of socket": Scenario(
        lns=("pppol2tp", "{other}"), course=with_descriptor(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    ),
    "a file": Scenario(lns=("pppol2tp", "{other}"), course=with_descriptor(lambda: open(os.devnull, "rb"))),
    "persist after SIGHUP": Scenario(lac=(*SOCKET, "persist", "holdoff", "1"), course=hang_up("lac", signal.SIGHUP)),
    "persist after the peer hung up": Scenario(lac=(*SOCKET, "persist", "holdoff", "1"), course=hang_up("lns")),
    "an unknown option of ours": Scenario(lns=(*LNS, "pppol2tp_no_such_option"), course=alone),
}
