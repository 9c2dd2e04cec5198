"""Every way in which a session ends, and what the agent must show for both sides.

For half of them, pppd's exit status is 16, "hangup".
"""

import signal
import subprocess
from dataclasses import dataclass
from typing import Callable

from link import PPP_ADDRESSES
from twin_scenarios import LNS, SOCKET

# Unanswered requests one second apart, three times.
ECHO = ("lcp-echo-interval", "1", "lcp-echo-failure", "3")
CHAP_LNS = (*LNS, "name", "lns", "auth", "require-chap")


@dataclass(frozen=True)
class End:
    """What the agent must show; None where it does not matter for this course."""

    cause: str
    phase: str = "running"
    peer_text: str | None = ""
    exit_status: int | tuple | None = None  # None: no exit status; a tuple: one of these

    def exit_statuses(self):
        """As labels."""
        possible = self.exit_status if isinstance(self.exit_status, tuple) else (self.exit_status,)
        return [None if status is None else str(status) for status in possible]


@dataclass(frozen=True)
class Course:
    lns: End
    lac: End | None  # None: there is no other side
    course: Callable = lambda link: None
    lns_options: tuple = LNS
    lac_options: tuple = SOCKET
    once_up: bool = True  # the course begins when both sides have addresses


def send(side, number):
    return lambda link: link.ends[side].process.send_signal(number)


def silence(link):
    """Stops the LAC's pppd until the LNS's has noticed; then the LAC's continues and notices too."""
    link.lac.process.send_signal(signal.SIGSTOP)
    link.lns.wait()
    link.lac.process.send_signal(signal.SIGCONT)


def delete_in_kernel(what):
    """Deletes the LNS's session, or its tunnel too, as another program might: pppd keeps its socket and gets no notice.

    Some kernels still send what such a pppd writes and some do not, so nothing listens at the other end.
    """

    def course(link):
        lns = link.lns
        ids = ["tunnel_id", str(lns.tunnel_id)] + (["session_id", str(lns.session_id)] if what == "session" else [])
        link.lac.process.send_signal(signal.SIGSTOP)
        subprocess.run(["ip", "-n", lns.namespace, "l2tp", "del", what, *ids], check=True)
        lns.wait()
        link.lac.process.kill()

    return course


def send_traffic(link):
    """Until the link is gone: sends 500 bytes in each packet, and gets as many back."""
    peer = PPP_ADDRESSES["lns"].partition(":")[2]
    arguments = ["ip", "netns", "exec", link.lns.namespace, "ping", "-q", "-s", "500", "-i", "0.2", "-c", "100", peer]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as ping:
        link.lns.wait()
        ping.kill()


USER_REQUEST = End("user_request", exit_status=5)
PEER_REQUEST = End("peer_request", peer_text="User request", exit_status=16)
# As silent as a dead peer, but not the peer's fault. Newer kernels then refuse to set the socket's options, which is
# fatal for pppd.
KERNEL_LOST = {
    "lns": End("kernel_session_lost", exit_status=(16, 1)),
    "lac": End("killed"),
    "lns_options": (*LNS, *ECHO),
}

COURSES = {
    "sigterm": Course(lns=PEER_REQUEST, lac=USER_REQUEST, course=send("lac", signal.SIGTERM)),
    "sigint": Course(lns=USER_REQUEST, lac=PEER_REQUEST, course=send("lns", signal.SIGINT)),
    "sighup": Course(lns=PEER_REQUEST, lac=USER_REQUEST, course=send("lac", signal.SIGHUP)),
    "persist": Course(
        lns=PEER_REQUEST,
        lac=End("user_request", exit_status=1),
        course=send("lac", signal.SIGHUP),
        lac_options=(*SOCKET, "persist", "holdoff", "1"),
    ),
    "echo": Course(
        lns=End("echo_timeout", exit_status=16),
        lac=End("peer_request", peer_text="Peer not responding", exit_status=16),
        lns_options=(*LNS, *ECHO),
        course=silence,
    ),
    "nosession": Course(course=delete_in_kernel("session"), **KERNEL_LOST),
    "notunnel": Course(course=delete_in_kernel("tunnel"), **KERNEL_LOST),
    "maxconn": Course(
        lns=End("connect_time_limit", exit_status=13),
        lac=End("peer_request", peer_text="Connect time expired", exit_status=16),
        lns_options=(*LNS, "maxconnect", "3"),
    ),
    "idle": Course(
        lns=End("idle_timeout", exit_status=12),
        lac=End("peer_request", peer_text="Link inactive", exit_status=16),
        lns_options=(*LNS, "idle", "3"),
    ),
    "traffic": Course(
        lns=End("traffic_limit", exit_status=20),
        lac=End("peer_request", peer_text="Traffic limit", exit_status=16),
        lns_options=(*LNS, "maxoctets", "4000", "mo-timeout", "1"),
        course=send_traffic,
    ),
    "secret": Course(
        # Both sides end it at once, and may or may not receive the other's request.
        lns=End("auth_failed", phase="authenticate", peer_text=None, exit_status=11),
        lac=End("auth_failed_by_peer", phase="authenticate", peer_text=None, exit_status=19),
        lns_options=CHAP_LNS,
        lac_options=(*SOCKET, "name", "user", "password", "wrong", "noauth"),
        once_up=False,
    ),
    "refused": Course(
        lns=End("auth_failed", phase="establish", exit_status=11),
        lac=End("peer_request", phase="network", peer_text="peer refused to authenticate", exit_status=16),
        lns_options=CHAP_LNS,
        lac_options=(*SOCKET, "noauth", "refuse-chap"),
        once_up=False,
    ),
    "nonetwork": Course(
        lns=End("peer_request", phase="network", peer_text="No network protocols running", exit_status=16),
        lac=End("error", phase="network", peer_text=None, exit_status=10),
        lac_options=(*SOCKET, "noip"),
        once_up=False,
    ),
    "silent": Course(
        lns=End("lcp_timeout", phase="establish", exit_status=16),
        lac=None,
        lns_options=(*LNS, "lcp-max-configure", "2", "lcp-restart", "1"),
        once_up=False,
    ),
    "sigkill": Course(
        lns=End("echo_timeout", exit_status=16),
        lac=End("killed"),
        lns_options=(*LNS, *ECHO),
        course=send("lac", signal.SIGKILL),
    ),
    "sigsegv": Course(
        lns=End("echo_timeout", exit_status=16),
        lac=End("crashed", exit_status=127),
        lns_options=(*LNS, *ECHO),
        course=send("lac", signal.SIGSEGV),
    ),
}
