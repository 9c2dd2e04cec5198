"""Kernel L2TP tunnels and sessions made by generic netlink, without pppd and xl2tpd.

Otherwise thousands of sessions would need a process each; and some tests need sessions that no plugin reports.
Constants are those of <linux/l2tp.h>, <linux/genetlink.h> and <linux/netlink.h>.
"""

import os
import socket
import struct

NETLINK_GENERIC, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP = 16, 270, 1
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3

TUNNEL_CREATE, TUNNEL_DELETE, TUNNEL_GET = 1, 2, 4
SESSION_CREATE, SESSION_DELETE, SESSION_GET = 5, 6, 8
PW_TYPE, ENCAP_TYPE, PROTO_VERSION, CONN_ID, PEER_CONN_ID = 1, 2, 7, 9, 10
SESSION_ID, PEER_SESSION_ID, RECV_TIMEOUT, FD = 11, 12, 22, 23
PW_ETHERNET, PW_PPP, ENCAP_UDP = 5, 7, 0


def attribute(kind, payload):
    padding = b"\0" * (-len(payload) % 4)
    return struct.pack("=HH", 4 + len(payload), kind) + payload + padding


def u8(kind, value):
    return attribute(kind, struct.pack("=B", value))


def u16(kind, value):
    return attribute(kind, struct.pack("=H", value))


def u32(kind, value):
    return attribute(kind, struct.pack("=I", value))


def messages(datagram):
    """(type, payload) of each netlink message in it."""
    at = 0
    while at + 16 <= len(datagram):
        length, kind = struct.unpack_from("=IH", datagram, at)
        yield kind, datagram[at + 16 : at + length]
        at += (length + 3) & ~3


def attributes(payload):
    found, at = {}, 0
    while at + 4 <= len(payload):
        length, kind = struct.unpack_from("=HH", payload, at)
        found[kind & 0x3FFF] = payload[at + 4 : at + length]
        at += (length + 3) & ~3
    return found


class Family:
    """A socket for the family "l2tp" in the network namespace in which it was made."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.socket.bind((0, 0))
        self._sequence = 0
        answer = self._ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, attribute(CTRL_ATTR_FAMILY_NAME, b"l2tp\0"))
        family = attributes(answer[4:])
        self.id = struct.unpack("=H", family[CTRL_ATTR_FAMILY_ID])[0]
        group = attributes(next(iter(attributes(family[CTRL_ATTR_MCAST_GROUPS]).values())))
        self.group = struct.unpack("=I", group[2])[0]

    def send(self, family, command, payload, flags):
        self._sequence += 1
        body = struct.pack("=BBH", command, 1, 0) + payload
        self.socket.send(struct.pack("=IHHII", 16 + len(body), family, NLM_F_REQUEST | flags, self._sequence, 0) + body)

    def _ask(self, family, command, payload, flags=0):
        """The first answer; a kernel error is raised as an OSError."""
        self.send(family, command, payload, flags)
        for kind, answer in messages(self.socket.recv(65536)):
            if kind != NLMSG_ERROR:
                return answer
            number = -struct.unpack_from("=i", answer)[0]
            if number:
                raise OSError(number, os.strerror(number))
        return b""

    def dump_datagrams(self, command):
        """The datagrams of a complete dump, as the kernel sends them."""
        self.send(self.id, command, b"", NLM_F_DUMP)
        while True:
            datagram = self.socket.recv(65536)
            yield datagram
            if any(kind == NLMSG_DONE for kind, _ in messages(datagram)):
                return

    def get_datagram(self, command, *payload):
        self.send(self.id, command, b"".join(payload), 0)
        return self.socket.recv(65536)

    def listen(self):
        self.socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.group)

    def create_tunnel(self, tunnel_id, peer_tunnel_id, udp_socket, version=2):
        self._ask(
            self.id, TUNNEL_CREATE,
            u32(CONN_ID, tunnel_id) + u32(PEER_CONN_ID, peer_tunnel_id) + u8(PROTO_VERSION, version)
            + u16(ENCAP_TYPE, ENCAP_UDP) + u32(FD, udp_socket.fileno()), NLM_F_ACK)

    def delete_tunnel(self, tunnel_id):
        self._ask(self.id, TUNNEL_DELETE, u32(CONN_ID, tunnel_id), NLM_F_ACK)

    def create_session(self, tunnel_id, session_id, peer_session_id, pseudowire=PW_PPP, more=b""):
        self._ask(
            self.id, SESSION_CREATE,
            u32(CONN_ID, tunnel_id) + u32(SESSION_ID, session_id) + u32(PEER_SESSION_ID, peer_session_id)
            + u16(PW_TYPE, pseudowire) + more, NLM_F_ACK)

    def delete_session(self, tunnel_id, session_id):
        self._ask(self.id, SESSION_DELETE, u32(CONN_ID, tunnel_id) + u32(SESSION_ID, session_id), NLM_F_ACK)


def udp_pair_end(local, peer):
    """A tunnel's UDP socket: ((address, port), (address, port))."""
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(local)
    end.connect(peer)
    return end
