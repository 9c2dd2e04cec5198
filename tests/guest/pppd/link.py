"""A session without any L2TP daemon: two network namespaces, the kernel's sockets of a tunnel, and a pppd for each end.

Without xl2tpd, only pppd and its plugin are tested, and the tests choose every option.
"""

import contextlib
import ctypes
import os
import pathlib
import re
import socket
import struct
import subprocess
import time

from waiting import wait_until

PPPD = "/usr/sbin/pppd"
AF_PPPOX = 24
PX_PROTO_OL2TP = 1
CLONE_NEWNET = 0x40000000
SIDES = ("lns", "lac")
ADDRESSES = {"lns": "10.98.0.1", "lac": "10.98.0.2"}
PORT = 1701
# (tunnel id, session id) of the first link; numbers that resemble nothing else in a log.
IDS = {"lns": (31001, 31011), "lac": (31002, 31012)}
IDS_STEP = 100
PPP_ADDRESSES = {"lns": "10.97.0.1:10.97.0.2", "lac": "10.97.0.2:10.97.0.1"}

_libc = ctypes.CDLL(None, use_errno=True)


def installed_pppd_version():
    said = subprocess.run([PPPD, "--version"], capture_output=True, text=True)
    return re.search(r"[0-9.]+", said.stdout + said.stderr).group()


@contextlib.contextmanager
def in_namespace(name):
    """Moves the calling thread, and whatever it starts, into that network namespace."""
    with open("/proc/thread-self/ns/net") as before, open(f"/run/netns/{name}") as wanted:
        _setns(wanted)
        try:
            yield
        finally:
            _setns(before)


def _setns(file):
    if _libc.setns(file.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _connect_pppox(tunnel_socket, local, peer, peer_address):
    """A PPPoX socket; `local` and `peer` are (tunnel id, session id). Session 0 makes the tunnel itself."""
    made = socket.socket(AF_PPPOX, socket.SOCK_DGRAM, PX_PROTO_OL2TP)
    udp = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", PORT, socket.inet_aton(peer_address))
    # struct sockaddr_pppol2tp, <linux/if_pppox.h>: packed.
    fields = struct.pack("=HIIi", AF_PPPOX, PX_PROTO_OL2TP, 0, tunnel_socket.fileno())
    fields += udp + struct.pack("=HHHH", *local, *peer)
    if _libc.connect(made.fileno(), fields, len(fields)) != 0:
        raise OSError(ctypes.get_errno(), f"connect of session {local}")
    made.setblocking(False)
    return made


class End:
    """One end: the tunnel's sockets, which stay open here, and the session's socket, which is passed to a pppd."""

    def __init__(self, link, side):
        self.side = side
        self.namespace = f"{link.name}-{side}"
        self.log = link.directory / f"{side}.log"
        self.process = None
        self._ids = {s: tuple(first + link.number * IDS_STEP for first in ids) for s, ids in IDS.items()}
        self.tunnel_id, self.session_id = self._ids[side]
        self._sockets = []
        self.session = None

    def make_tunnel(self):
        other = "lac" if self.side == "lns" else "lns"
        with in_namespace(self.namespace):
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.bind((ADDRESSES[self.side], PORT))
            udp.connect((ADDRESSES[other], PORT))
            local, peer = self._ids[self.side], self._ids[other]
            tunnel = _connect_pppox(udp, (local[0], 0), (peer[0], 0), ADDRESSES[other])
            self.session = _connect_pppox(udp, local, peer, ADDRESSES[other])
            self._sockets = [udp, tunnel]

    def add_session(self, number):
        """Another session of the tunnel, for the next pppd; `number` counts from 0 on both sides."""
        other = "lac" if self.side == "lns" else "lns"
        self.session_id = 1 + number
        local, peer = (self._ids[self.side][0], self.session_id), (self._ids[other][0], self.session_id)
        with in_namespace(self.namespace):
            added = _connect_pppox(self._sockets[0], local, peer, ADDRESSES[other])
        if self.session:
            self.session.close()
        self.session = added

    def start_pppd(self, options, environment=None, descriptors=(), output=None):
        """pppd's output goes to `log`, or to the descriptor `output`. After this only pppd has the session's socket."""
        inherited = [self.session.fileno(), *descriptors] if self.session else list(descriptors)
        with in_namespace(self.namespace), open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [PPPD, *options],
                stdin=subprocess.DEVNULL,
                stdout=output or log,
                stderr=output or log,
                pass_fds=inherited,
                env={**os.environ, **(environment or {})},
            )
        if self.session:
            self.session.close()
            self.session = None
        return self.process

    def labels(self):
        """Labels that select this session's series, if no other link has the same number."""
        return {"tunnel_id": str(self.tunnel_id), "session_id": str(self.session_id)}

    def said(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_for(self, text, seconds=60):
        """Waits until pppd has logged `text`; it is an error if pppd ends before."""

        def told():
            return text in self.said() or self.process.poll() is not None

        wait_until(told, seconds, f"{self.namespace}: {text!r} in\n{self.said()}")
        if text not in self.said():
            raise AssertionError(f"{self.namespace}: pppd ended without having said {text!r}:\n{self.said()}")

    def wait(self, seconds=60):
        """The exit status; negative for a signal."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.namespace}: pppd still runs after {seconds} s:\n{self.said()}") from None

    def wait_until_deserted(self, seconds=60):
        """Waits until no process is left in the namespace, including a pppd that has detached."""

        def deserted():
            return not subprocess.run(["ip", "netns", "pids", self.namespace], capture_output=True, check=True).stdout

        wait_until(deserted, seconds, f"{self.namespace}: deserted")

    def close_tunnel(self):
        for sock in (*self._sockets, self.session):
            if sock:
                sock.close()
        self._sockets, self.session = [], None

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.close_tunnel()


class Link:
    """Both ends, and what they live in; a context manager. Links of different numbers have different ids.

    In separate namespaces ids could be equal. But a new namespace may have the inode number of a deleted one, so a
    program that relies on these numbers could take two successive sessions with the same ids for one.
    """

    def __init__(self, name, directory, number=0):
        self.name = name
        self.number = number
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.lns = End(self, "lns")
        self.lac = End(self, "lac")
        self.ends = {"lns": self.lns, "lac": self.lac}

    def __enter__(self):
        lns, lac = self.lns.namespace, self.lac.namespace
        _ip(f"netns add {lns}\nnetns add {lac}\nlink add veth0 netns {lns} type veth peer name veth0 netns {lac}\n")
        for end in self.ends.values():
            address = ADDRESSES[end.side]
            _ip(f"link set lo up\naddr add {address}/24 dev veth0\nlink set veth0 up\n", "-n", end.namespace)
        for end in self.ends.values():
            end.make_tunnel()
        return self

    def __exit__(self, *_):
        for end in self.ends.values():
            end.close()
        _ip(f"netns del {self.lns.namespace}\nnetns del {self.lac.namespace}\n")


def _ip(lines, *options):
    done = subprocess.run(["ip", *options, "-batch", "-"], input=lines, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"ip {lines!r}: {done.stderr}")


def wait_for_exit(ends, seconds=60):
    """The exit statuses of several ends, by side."""
    deadline = time.monotonic() + seconds
    return {end.side: end.wait(max(1, deadline - time.monotonic())) for end in ends}
