"""openl2tp.so of the ppp package uses our plugin's hooks like upstream's, and sends the same datagrams."""

import pathlib
import socket
import struct

import twin
from sessions import TwinsTest
from twin_scenarios import IPV4_UP, IPV6_UP, LNS, SOCKET, Scenario, hang_up

# A constant compiled into openl2tp.so.
EVENTS = pathlib.Path("/tmp/openl2tp-event.sock")
SIGNATURE = 0x6B6C7831
UPDOWN, ACCM = 1, 2
OPENL2TP = ("plugin", "openl2tp.so")
BOTH_FAMILIES = {"both": ("+ipv6",), "course": hang_up("lac", once=(IPV4_UP, IPV6_UP))}
SCENARIOS = {
    "LNS": Scenario(lns=(*LNS, *OPENL2TP, "asyncmap", "a0000"), **BOTH_FAMILIES),
    "LAC": Scenario(lac=(*SOCKET, *OPENL2TP), **BOTH_FAMILIES),
}


def decode(datagram):
    """(signature, type, [(field, value)]): everything except the padding, which openl2tp.so does not initialize."""
    signature, kind, length = struct.unpack_from("=IHH", datagram)
    assert len(datagram) == 8 + length, datagram
    fields, rest = [], datagram[8:]
    while rest:
        field, length = struct.unpack_from("=HH", rest)
        fields.append((field, rest[4 : 4 + length]))
        rest = rest[4 + (length + 3) // 4 * 4 :]
    return signature, kind, fields


class OpenL2tp(TwinsTest):
    def datagrams(self, scenario, who, name):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            self.addCleanup(EVENTS.unlink, missing_ok=True)
            listener.bind(str(EVENTS))
            listener.setblocking(False)
            seen = self.twins.run(scenario, who, name, twin.DIRECTORY / name)
            received = []
            try:
                while True:
                    received.append(decode(listener.recv(4096)))
            except BlockingIOError:
                EVENTS.unlink()
                return received, seen

    def both(self, side):
        found = {}
        for who in (twin.UPSTREAM, twin.OURS):
            found[who], seen = self.datagrams(SCENARIOS[side], who, f"{who[0]}{side.lower()}")
            self.assertIn("Plugin openl2tp.so loaded.", seen[f"{side.lower()}: log"])
        self.assertEqual(found[twin.OURS], found[twin.UPSTREAM])
        self.assertEqual({signature for signature, *_ in found[twin.OURS]}, {SIGNATURE})
        return [kind for _, kind, _ in found[twin.OURS]]

    def test_of_an_lns_tell_the_asyncmaps_and_each_family_up_and_down(self):
        self.assertEqual(self.both("LNS"), [ACCM, UPDOWN, UPDOWN, UPDOWN, UPDOWN])

    def test_of_a_lac_tell_each_family_up_and_down(self):
        self.assertEqual(self.both("LAC"), [UPDOWN, UPDOWN, UPDOWN, UPDOWN])
