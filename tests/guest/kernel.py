"""What the kernel itself says about sessions: the reference for our metrics."""

import json
import re
import subprocess
from dataclasses import dataclass

# The lines of one session in /proc/net/pppol2tp (net/l2tp/l2tp_ppp.c, pppol2tp_seq_session_show).
_SESSION = re.compile(
    r"SESSION '.*' (?P<local>[0-9A-F]{8})/\d+ "
    r"(?P<tid>[0-9A-F]{4})/(?P<sid>[0-9A-F]{4}) -> (?P<ptid>[0-9A-F]{4})/(?P<psid>[0-9A-F]{4}) .*\n"
    r"\s+\S+/(?P<role>LNS|LAC) .*\n"
    r"\s+\S+ (?P<tx>\d+/\d+/\d+) (?P<rx>\d+/\d+/\d+)\n"
    r"(?:\s+interface (?P<ifname>\S+)\n)?"
)


@dataclass(frozen=True)
class Session:
    side: str
    tunnel_id: int
    session_id: int
    peer_tunnel_id: int
    peer_session_id: int
    local_address: str
    role: str
    ifname: str
    transmit: tuple  # packets, bytes, errors
    receive: tuple

    def labels(self):
        """Labels that select exactly this session's series, for an agent outside of its namespace."""
        return {"netns": self.side, "tunnel_id": str(self.tunnel_id), "session_id": str(self.session_id)}

    def is_other_end_of(self, other):
        return (self.tunnel_id, self.session_id) == (other.peer_tunnel_id, other.peer_session_id)


def parse_sessions(side, text):
    """Without sessions with id 0: the kernel lists xl2tpd's own socket of each tunnel as one."""
    return [_session(side, m) for m in _SESSION.finditer(text) if int(m["sid"], 16) != 0]


def _session(side, match):
    address = int(match["local"], 16)
    return Session(
        side=side,
        tunnel_id=int(match["tid"], 16),
        session_id=int(match["sid"], 16),
        peer_tunnel_id=int(match["ptid"], 16),
        peer_session_id=int(match["psid"], 16),
        local_address=".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0)),
        role=match["role"].lower(),
        ifname=match["ifname"] or "",
        transmit=tuple(int(n) for n in match["tx"].split("/")),
        receive=tuple(int(n) for n in match["rx"].split("/")),
    )


def ppp_addresses(side):
    """{interface: {(family, local address, peer's address)}} of the PPP interfaces that are up."""
    output = subprocess.run(["ip", "-n", side, "-json", "addr", "show", "type", "ppp"], check=True, capture_output=True)
    return {
        link["ifname"]: {(a["family"], a["local"], a["address"]) for a in link["addr_info"] if "address" in a}
        for link in json.loads(output.stdout or "[]")
        if link
    }
