"""An idle session: our plugin does its work when LCP echoes have woken pppd, and causes no other wake-ups.

Uses the same clock as echo_test.py, because a pppd that is late is woken less often.
"""

import pathlib
import re
import time

import twin
from link import Link
from sessions import TwinsTest
from twin_scenarios import IPV4_UP, LNS, SOCKET

ECHO_SECONDS = 2
OPTIONS = ("lcp-echo-interval", str(ECHO_SECONDS), "lcp-echo-failure", "30")
EVERY_SECOND = ("pppol2tp_stats_interval", "1")  # our option; for an idle session it becomes twelve
SETTLED = 10  # seconds: one, two, four, and another echo
WATCHED = 16


def wake_ups(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.MULTILINE)[1])


class Idle(TwinsTest):
    def start(self, number, who):
        link = self.enterContext(Link(f"idle{number}", twin.DIRECTORY / f"idle{number}", number))
        options = (*LNS, *OPTIONS, *(EVERY_SECOND if who == twin.OURS else ()))
        twin.start(link.lns, self.twins.plugins[who], options)
        twin.start(link.lac, self.twins.plugins[who], SOCKET)
        return link

    def test_it_wakes_pppd_as_often_as_upstreams_does(self):
        links = {who: self.start(number, who) for number, who in enumerate((twin.UPSTREAM, twin.OURS), 1)}
        for link in links.values():
            for end in link.ends.values():
                end.wait_for(IPV4_UP)
        time.sleep(SETTLED)
        before = {who: wake_ups(link.lns.process) for who, link in links.items()}
        time.sleep(WATCHED)
        woken = {who: wake_ups(link.lns.process) - before[who] for who, link in links.items()}
        # Two wake-ups for each echo, for the timer and for the answer; an answer that comes at once may find pppd
        # awake.
        self.assertGreaterEqual(woken[twin.UPSTREAM], WATCHED // ECHO_SECONDS - 1)
        self.assertLessEqual(woken[twin.OURS], woken[twin.UPSTREAM] * 1.1 + 1)
