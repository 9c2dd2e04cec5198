"""The exposition of real sessions, living and ended, checked by Prometheus' own tool."""

import signal
import subprocess
import unittest

from pair import Pair
from waiting import wait_until


class RealExposition(unittest.TestCase):
    def test_promtool_finds_nothing_to_say(self):
        with Pair(sessions=2) as pair:
            ends = pair.both_ends()
            pair.wait_for_metrics_of([end for both in ends for end in both])
            pair.kill_pppd_of(ends[0][1], signal.SIGTERM)
            wait_until(
                lambda: len(pair.metrics().samples("pppol2tp_session_end_info")) == 2, 10, "both ends of one session over"
            )
            text = pair.metrics().text
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))
