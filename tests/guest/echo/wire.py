"""LCP echoes on the wire, seen by tcpdump; and a wire that delays or loses what one end sends."""

import pathlib
import re
import subprocess
from dataclasses import dataclass

from link import ADDRESSES
from waiting import wait_until

INTERFACE = "veth0"
# tcpdump -tt; for L2TP it shows the inner packet.
_ECHO = re.compile(
    r"(?P<time>\d+\.\d+) IP (?P<source>[\d.]+)\.\d+ > .* "
    r"\{LCP, Echo-(?P<kind>Request|Reply) \(0x[0-9a-f]{2}\), id (?P<identifier>\d+),"
)


@dataclass
class Exchange:
    identifier: int
    sent: float
    answered: float | None = None

    @property
    def rtt(self):
        return self.answered - self.sent


def exchanges_of(text, address):
    """The echoes that `address` requested, in order, each with the first answer to it."""
    found = []
    for line in map(_ECHO.match, text.splitlines()):
        if line is None:
            continue
        time, identifier, is_own = float(line["time"]), int(line["identifier"]), line["source"] == address
        if line["kind"] == "Request" and is_own:
            found.append(Exchange(identifier, time))
        elif line["kind"] == "Reply" and not is_own:
            asked = next((e for e in reversed(found) if e.identifier == identifier), None)
            if asked and asked.answered is None:
                asked.answered = time
    return found


class Capture:
    """A capture of everything that passes at one end; a context manager."""

    def __init__(self, end, directory):
        self._end = end
        self._output = pathlib.Path(directory) / "tcpdump"
        self._errors = pathlib.Path(directory) / "tcpdump.errors"
        self._process = None

    def __enter__(self):
        arguments = ["tcpdump", "-n", "-tt", "-l", "-i", INTERFACE, "udp"]
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                ["ip", "netns", "exec", self._end.namespace, *arguments], stdout=output, stderr=errors
            )
        wait_until(lambda: "listening on" in self._errors.read_text(), 60, "tcpdump listens")
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()

    def exchanges(self):
        """The lines so far. The last line may be incomplete; then it is left out."""
        return exchanges_of(self._output.read_text().rpartition("\n")[0], ADDRESSES[self._end.side])


def impair(end, *netem):
    """Changes how packets from `end` are treated from now on: tc-netem(8)."""
    subprocess.run(
        ["tc", "-n", end.namespace, "qdisc", "replace", "dev", INTERFACE, "root", "netem", *netem], check=True
    )
