"""An agent that asks the guest's kernel, and sessions that the real publisher reports in place of a plugin."""

import contextlib
import ctypes
import os
import pathlib
import subprocess
import sys
import tempfile

import l2tp_netlink as l2tp
import pair
from waiting import wait_until

tempfile.tempdir = "/run"  # the guest's /tmp is an overlay, where a ring cannot be allocated
BUILD = pathlib.Path(pair.Pair.build)
os.environ["PPPOL2TP_AGENT"] = str(BUILD / "agent" / "pppol2tp-agent")
os.environ["PPPOL2TP_SPEAKER"] = os.environ["PPPOL2TP_SIMULATOR"] = str(BUILD / "tests" / "agent" / "session_speaker")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "agent"))
from running import Agent, Speaker  # noqa: E402,F401  (it needs the paths of the programs)

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def load_modules():
    for module in ("l2tp_netlink", "l2tp_ppp", "l2tp_eth", "l2tp_ip"):
        subprocess.run(["modprobe", module], check=True)


@contextlib.contextmanager
def in_netns(name):
    """Moves this process into that network namespace; what it opens and starts meanwhile stays there."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        _enter(there)
        yield
    finally:
        _enter(home)
        os.close(there)
        os.close(home)


def _enter(descriptor):
    if _libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Tunnel:
    """A kernel tunnel of version 2 with its UDP socket; closing the socket has the effect of a daemon's death."""

    _ports = iter(range(20000, 60000))

    def __init__(self, tunnel_id):
        self.id = tunnel_id
        self.family = l2tp.Family()
        self.socket = l2tp.udp_pair_end(("127.0.0.1", next(self._ports)), ("127.0.0.2", 1701))
        self.peer_id = 30000
        self.family.create_tunnel(tunnel_id, self.peer_id, self.socket)

    def create(self, session_id):
        """Works also with ids just deleted: Linux 6.12 removes a session a moment after it has reported it."""

        def created():
            try:
                self.family.create_session(self.id, session_id, session_id % 30000 + 1)
            except FileExistsError:
                return False
            return True

        wait_until(created, 5, f"session {session_id} made", pause=0.01)

    def delete(self, session_id):
        self.family.delete_session(self.id, session_id)

    def close(self):
        self.socket.close()


def series(name, tunnel_id, session_id=None, netns=None):
    labels = [f'tunnel_id="{tunnel_id}"']
    labels += [f'session_id="{session_id}"'] if session_id is not None else []
    labels += [f'netns="{netns}"'] if netns else []
    return f'pppol2tp_{name}{{{",".join(labels)}}}'


def disagreement(kind):
    return f'pppol2tp_sessions_in_disagreement{{kind="{kind}"}}'
