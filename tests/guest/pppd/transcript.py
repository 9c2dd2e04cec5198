"""What one pppd did, as lines that can be compared with those of another run.

Random and timed values differ between runs and are masked, but nothing else is: magic numbers, link-local addresses,
CHAP's challenges, times and byte counts. Whether a frame is sent again, and which side's frame comes first, depends
on the machine's load. So frames are identified by direction, protocol and code, and a repeated frame is not counted
again; the same for what a snooping plugin logs of each frame. All other lines must come in order, those of IPv6CP
separately from the rest.
"""

import difflib
import re

_MASKS = [
    (re.compile(r"\bmagic[ =]0x[0-9a-f]+"), "magic MAGIC"),
    (re.compile(r"\bfe80::[0-9a-f:]+"), "LINK-LOCAL"),
    (re.compile(r"\bConnect time [0-9.]+ minutes"), "Connect time T minutes"),
    (re.compile(r"\bSent [0-9]+ bytes, received [0-9]+ bytes"), "Sent N bytes, received N bytes"),
    (re.compile(r"(\[CHAP \w+ id=)0x[0-9a-f]+( <[0-9a-f]+>)?"), r"\1ID"),
    (re.compile(r"\busing channel [0-9]+"), "using channel N"),
    (re.compile(r"^pppol2tp [0-9]+\b"), "pppol2tp FD"),
]
# Bits 1 and 8 of the debug mask: logged for each frame, and again for a frame that is sent again.
_SNOOPED = re.compile(r"Found option type|Found ACCM of|Rejected ACCM negotiation|Turning off snooping")
_FRAME = re.compile(r"(sent|rcvd) \[(\w+ \w+) ")


def mask(line, more=()):
    """`more`: (text, its name) for text that is specific to the run."""
    for text, name in more:
        line = line.replace(text, name)
    for pattern, name in _MASKS:
        line = pattern.sub(name, line)
    return line


def streams(title, text, more=(), races=()):
    """{stream: lines} of a pppd's log. `races`: lines that contain one of these may be missing, depending on timing."""
    found = {}
    for line in (mask(line, more) for line in text.splitlines() if line):
        if any(race in line for race in races):
            continue
        frame = _FRAME.match(line)
        if frame:
            seen = found.setdefault(f"{title}: {frame[2]} {frame[1]}", [])
            if line not in seen:
                seen.append(line)
        elif _SNOOPED.match(line):
            seen = found.setdefault(f"{title}: snooped", [])
            if line not in seen:
                seen.append(line)
                seen.sort()
        else:
            about = "IPv6" if "LINK-LOCAL" in line else "log"
            found.setdefault(f"{title}: {about}", []).append(line)
    return found


def probe_streams(title, text, more=()):
    """{stream: lines} of the probe's record. The numbers of descriptors, and so their order, are random."""
    lines = [mask(line, more) for line in text.splitlines()]
    inherited = sorted(line for line in lines if ": a child inherits " in line)
    return {
        f"{title}: calls and hooks": [line for line in lines if ": a child inherits " not in line],
        f"{title}: descriptors": inherited,
    }


def differences(before, after):
    """[(stream, "-line" for a line only in `before`, or "+line" for a line only in `after`)]"""
    found = []
    for stream in sorted({*before, *after}):
        lines = difflib.unified_diff(before.get(stream, []), after.get(stream, []), lineterm="", n=0)
        found += [(stream, line) for line in lines if not line.startswith(("---", "+++", "@@"))]
    return found
