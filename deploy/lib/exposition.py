"""Reads Prometheus' text format, as far as our agent uses it: enough to look samples up by name and labels."""

import re
import urllib.request
from collections import namedtuple

Sample = namedtuple("Sample", "name labels value")

_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?')
_ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


class Exposition:
    """The samples of one answer to GET /metrics, and its text."""

    def __init__(self, text):
        self.text = text
        self._by_name = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                sample = _parse(line)
                self._by_name.setdefault(sample.name, []).append(sample)

    def samples(self, name, **labels):
        """The samples of `name` that have all of `labels`, whatever else they have."""
        return [s for s in self._by_name.get(name, []) if labels.items() <= s.labels.items()]

    def value(self, name, **labels):
        """The value of the one such sample; None when there is none."""
        found = self.samples(name, **labels)
        if len(found) > 1:
            raise LookupError(f"{len(found)} samples of {name} have {labels}")
        return found[0].value if found else None


def _parse(line):
    match = _SAMPLE.match(line)
    if not match:
        raise ValueError(f"not a sample: {line!r}")
    name, labels, value = match.groups()
    unescaped = {k: re.sub(r"\\.", lambda e: _ESCAPES[e.group()], v) for k, v in _LABEL.findall(labels or "")}
    return Sample(name, unescaped, float(value))


def scrape(url, timeout=5):
    """Raises OSError when nobody answers, or not with 200."""
    # No proxy from the environment: what we ask is always this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=timeout) as answer:
        return Exposition(answer.read().decode())
