"""A real session (xl2tpd, pppd, the kernel's L2TP, in a guest) whose pppd is killed: the message comes, with the user's
name, and it is over when the user has dialled in again. Prometheus and Alertmanager run beside the guest."""

import contextlib
import os
import subprocess
import time
import unittest
import urllib.request

from boards import answer, boards, needs_kernel, queries, variables
from engines import DEPLOY, ROOT, Alertmanager, Prometheus, Webhook, wait_for
from running import free_port

GUEST_PATIENCE = 600  # software emulation on a busy machine


class Guest:
    """real_session in a guest, whose agent answers on `port` of this machine; a context manager."""

    def __init__(self):
        self.port = free_port()

    def __enter__(self):
        self.process = subprocess.Popen(
            [DEPLOY / "vm/boot", "--limit", "1500", "--forward", f"{self.port}:11701", "--", "python3",
             ROOT / "tests/stack/real_session", os.environ["PPPOL2TP_BUILD"]], stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()

    def say(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/healthy", timeout=60):
            pass

    def hear(self, word):
        """What follows `word` on the line that begins with it."""
        heard = []
        for line in self.process.stdout:
            heard.append(line)
            if line.split()[:1] == [word]:
                return line.split()[1:]
        raise AssertionError(f"the guest ended without {word!r}:\n{''.join(heard[-30:])}")


class RealSession(unittest.TestCase):
    def test_that_is_killed_is_told_of_until_its_user_is_back(self):
        with contextlib.ExitStack() as stack:
            webhook = stack.enter_context(Webhook())
            guest = stack.enter_context(Guest())
            alertmanager = stack.enter_context(Alertmanager(webhook))
            guest.hear("up")
            prometheus = stack.enter_context(Prometheus({"lns1": f"127.0.0.1:{guest.port}"}, alertmanager))
            wait_for("both ends of three sessions were scraped twice", lambda: prometheus.value(
                "min(count_over_time(pppol2tp_session_starts_total[5m])) >= 2 and max(pppol2tp_sessions_up) == 6"), GUEST_PATIENCE)

            self.assert_kernels_word_is_shown(prometheus)
            guest.say()
            user, tunnel_id, session_id = guest.hear("killed")
            killed = time.monotonic()
            told, alert = self.notification(webhook, "firing")
            print(f"\nfrom SIGKILL to webhook: {told - killed:.1f} s", flush=True)
            self.assertEqual({name: alert["labels"].get(name) for name in ("user", "netns", "tunnel_id", "session_id", "cause")},
                             {"user": user, "netns": "lns", "tunnel_id": tunnel_id, "session_id": session_id, "cause": "killed"})

            guest.say()
            guest.hear("dialled")
            _, alert = self.notification(webhook, "resolved")
            self.assertEqual((alert["labels"]["user"], alert["status"]), (user, "resolved"))
            # The other end was closed by xl2tpd, on request, and nobody was told of it.
            self.assertEqual({one["labels"].get("user") for _, _, message in webhook.received for one in message["alerts"]}, {user})
            guest.say()
            self.assertEqual(guest.process.wait(timeout=GUEST_PATIENCE), 0)

    def assert_kernels_word_is_shown(self, prometheus):
        """The dashboards' queries that simulated sessions cannot answer."""
        up = prometheus.query("pppol2tp_session_up == 1")[0][0]
        values = variables(up | {"user": ".*"})
        asked = {query for board in boards() for query in queries(board, values[board["uid"]]) if needs_kernel(query[1])}
        self.assertTrue(asked)
        for title, expression, instant in asked:
            wait_for(f"data for {title}: {expression}", lambda wanted=(expression, instant): answer(prometheus, *wanted))

    def notification(self, webhook, status):
        """(time, its one alert)."""
        told, path, message = wait_for(f"a message: {status}", lambda: next(
            (one for one in webhook.received if one[2]["status"] == status), None), GUEST_PATIENCE)
        self.assertEqual(path, "/tickets")
        self.assertEqual([alert["labels"]["alertname"] for alert in message["alerts"]], ["Pppol2tpSessionDown"])
        return told, message["alerts"][0]


if __name__ == "__main__":
    unittest.main()
