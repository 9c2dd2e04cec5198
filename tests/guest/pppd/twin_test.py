"""pppd does the same with our plugin as with upstream's, except for what intended_differences.toml lists."""

import pathlib
import re
import tomllib
import unittest

import broken_rings
import pair
import transcript
import twin
from sessions import TwinsTest, results_of
from twin_scenarios import SCENARIOS

LIST = pathlib.Path(__file__).with_name("intended_differences.toml")


class Intended:
    """The list, and which of its entries were used."""

    def __init__(self, entries):
        self._entries = entries
        self._used = set()

    def unintended(self, name, differences):
        return [difference for difference in differences if not self._covers(name, *difference)]

    def _covers(self, name, stream, line):
        for number, entry in enumerate(self._entries):
            fits = entry["scenario"] in (name, "*") and stream.endswith(entry["stream"])
            if fits and any(re.fullmatch(re.escape(p[0]) + p[1:], line) for p in entry["lines"]):
                self._used.add(number)
                return True
        return False

    def unused(self):
        return [entry for number, entry in enumerate(self._entries) if number not in self._used]


class Comparison(unittest.TestCase):
    """The comparison itself can find differences."""

    def test_a_line_more_a_line_less_and_another_order_are_differences(self):
        before = transcript.streams("lns", "one\ntwo\nthree\n")
        self.assertEqual(transcript.differences(before, before), [])
        for text in ("one\ntwo\n", "one\ntwo\nthree\nfour\n", "two\none\nthree\n"):
            self.assertNotEqual(transcript.differences(before, transcript.streams("lns", text)), [], text)

    def test_frames_that_differ_in_more_than_random_numbers_are_differences(self):
        def frames(*options):
            return transcript.streams("lns", "".join(f"sent [LCP ConfReq id=0x1 {o}]\n" for o in options))

        ours = frames("<mru 1400> <magic 0x1>")
        self.assertEqual(transcript.differences(ours, frames("<mru 1400> <magic 0x2>")), [])
        self.assertEqual(transcript.differences(ours, frames("<mru 1400> <magic 0x2>", "<mru 1400> <magic 0x2>")), [])
        self.assertNotEqual(transcript.differences(ours, frames("<mru 1401> <magic 0x1>")), [])
        self.assertNotEqual(transcript.differences(ours, frames("<mru 1400> <magic 0x1>", "<mru 1300> <magic 0x1>")), [])

    def test_an_entry_covers_its_own_scenario_stream_and_line_alone(self):
        entry = {"scenario": "a", "stream": "log", "lines": ["+more.*"], "reason": ""}
        for found in (("b", "lns: log", "+more"), ("a", "lns: IPv6", "+more"), ("a", "lns: log", "-more")):
            intended = Intended([entry])
            self.assertEqual(intended.unintended(found[0], [found[1:]]), [found[1:]])
            self.assertEqual(intended.unused(), [entry])
        intended = Intended([entry])
        self.assertEqual(intended.unintended("a", [("lns: log", "+more of it")]), [])
        self.assertEqual(intended.unused(), [])


class Twin(TwinsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.intended = Intended(tomllib.loads(LIST.read_text())["difference"])
        cls.upstreams = {}

    def run_all(self, name_of_run, jobs):
        """{job: what was observed} for `jobs`: {job: (scenario, plugin, rings by side)}."""

        def run(number, job):
            scenario, who, rings = jobs[job]
            name = f"{name_of_run}{number}"
            return self.twins.run(SCENARIOS[scenario], who, name, twin.DIRECTORY / name, rings)

        return results_of(run, jobs)

    def assert_same(self, name, before, after):
        self.assertGreater(sum(map(len, before.values())), 3, "nothing to compare")
        found = self.intended.unintended(name, transcript.differences(before, after))
        self.assertFalse(found, "\n".join(["", *(f"{stream}: {line}" for stream, line in found)]))

    def test_1_every_scenario_goes_as_with_upstreams(self):
        upstreams = self.run_all("u", {name: (name, twin.UPSTREAM, {}) for name in SCENARIOS})
        ours = self.run_all("o", {name: (name, twin.OURS, {}) for name in SCENARIOS})
        type(self).upstreams = upstreams
        for name in SCENARIOS:
            with self.subTest(name):
                self.assert_same(name, upstreams[name], ours[name])

    def sides_of(self, name):
        return [line.split()[0] for line in self.upstreams[name]["exit statuses"]]

    def test_2_with_a_ring_that_is_of_no_use_it_still_does(self):
        # Runs every scenario with each of the broken rings on one side; with two sides, two rings at a time. A quick
        # run does this for the first scenario only, and runs each other scenario once, with rings that change from
        # one to the next.
        rings = broken_rings.make(twin.DIRECTORY / "rings")
        self.addCleanup(broken_rings.remove, twin.DIRECTORY / "rings")
        jobs = {}
        for number, name in enumerate(SCENARIOS):
            deals = broken_rings.dealt(rings, len(self.sides_of(name)), number)
            for kinds in deals[:1] if pair.Pair.is_quick and number > 0 else deals:
                jobs[name, kinds] = (name, twin.OURS, dict(zip(self.sides_of(name), map(rings.get, kinds))))
        tellers = set()
        for (name, kinds), seen in self.run_all("b", jobs).items():
            with self.subTest(name, rings=kinds):
                rest, told = broken_rings.without(jobs[name, kinds][2], seen)
                self.assertEqual([len(lines) for lines in told.values()], [1] * len(told), f"one line at most: {told}")
                self.assert_same(name, self.upstreams[name], rest)
                tellers.update((kind, side) for kind, side in zip(kinds, self.sides_of(name)) if f"{side}: log" in told)
        # Some scenarios end before a ring is opened. But each ring was rejected by some pppd, which logged it.
        self.assertEqual({kind for kind, _ in tellers}, set(rings))

    def test_3_no_entry_of_the_list_is_out_of_date(self):
        self.assertEqual(self.intended.unused(), [])
