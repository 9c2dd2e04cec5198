"""A PPP interface over a session of a kernel tunnel, made with pppd's system calls and without pppd.

Constants are those of <linux/if_pppox.h> and <linux/ppp-ioctl.h>; pppd's sys-linux.c shows their use.
"""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess

AF_PPPOX, PX_PROTO_OL2TP = 24, 1
PPPIOCGCHAN, PPPIOCATTCHAN, PPPIOCCONNECT, PPPIOCNEWUNIT = 0x80047437, 0x40047438, 0x4004743A, 0xC004743E

_libc = ctypes.CDLL(None, use_errno=True)


class PppInterface:
    """Of the session `session_id` of a tunnel (support.Tunnel); made by connecting to it, if it is not there."""

    def __init__(self, tunnel, session_id, addresses=()):
        """`addresses` are arguments of `ip address add`, without the interface."""
        self._session = self._connect(tunnel, session_id)
        self._channel = os.open("/dev/ppp", os.O_RDWR)
        self._unit = os.open("/dev/ppp", os.O_RDWR)
        fcntl.ioctl(self._channel, PPPIOCATTCHAN, fcntl.ioctl(self._session, PPPIOCGCHAN, struct.pack("=i", 0)))
        number = fcntl.ioctl(self._unit, PPPIOCNEWUNIT, struct.pack("=i", -1))
        fcntl.ioctl(self._channel, PPPIOCCONNECT, number)
        self.name = f"ppp{struct.unpack('=i', number)[0]}"
        for each in addresses:
            self.ip("address", "add", *each.split(), "dev", self.name)

    @staticmethod
    def _connect(tunnel, session_id):
        made = socket.socket(AF_PPPOX, socket.SOCK_DGRAM, PX_PROTO_OL2TP)
        address, port = tunnel.socket.getpeername()
        udp = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, socket.inet_aton(address))
        # struct sockaddr_pppol2tp: packed.
        fields = struct.pack("=HIIi", AF_PPPOX, PX_PROTO_OL2TP, 0, tunnel.socket.fileno()) + udp
        fields += struct.pack("=HHHH", tunnel.id, session_id, tunnel.peer_id, session_id % 30000 + 1)
        if _libc.connect(made.fileno(), fields, len(fields)) != 0:
            raise OSError(ctypes.get_errno(), f"connect to session {tunnel.id}/{session_id}")
        return made

    def ip(self, *words):
        subprocess.run(["ip", *words], check=True)

    def close(self):
        """The interface and the session go with it."""
        os.close(self._unit)
        os.close(self._channel)
        self._session.close()
