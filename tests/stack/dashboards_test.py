"""Every query of every dashboard returns data: from a real Prometheus that scrapes real agents, and from
VictoriaMetrics that this Prometheus writes to. Tables and numbers show the values that the agents serve."""

import unittest

from boards import answer, boards, needs_kernel, queries, variables
from engines import wait_for
from live import DROPPED, GREAT, SMALL, Stack


class Dashboards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.enterClassContext(cls.stack)
        cls.stack.let_time_pass(scrapes=15)
        cls.stack.hosts.let_some_go()
        cls.values = variables(cls.stack.lost_session())
        cls.stack.let_time_pass(scrapes=5)

    def assert_all_answer(self, engine):
        """What has not arrived yet gets a little time; an expression that is wrong stays empty."""
        silent = {(board["title"], *query) for board in boards() for query in queries(board, self.values[board["uid"]])
                  if not needs_kernel(query[1])}
        asked = len(silent)

        def all_answered():
            for one in list(silent):
                if answer(engine, *one[2:]):
                    silent.discard(one)
            return not silent

        try:
            wait_for("all queries answer", all_answered, 60)
        except AssertionError:
            self.fail("\n".join(f"no data: {board}: {title}: {expression}" for board, title, expression, _ in sorted(silent)))
        print(f"{type(engine).__name__}: {asked} queries", flush=True)

    def test_every_query_returns_data_from_prometheus(self):
        self.assert_all_answer(self.stack.prometheus)

    def test_every_query_returns_data_from_victoria_metrics(self):
        self.assert_all_answer(self.stack.victoria)

    def test_the_overview_shows_what_was_done(self):
        overview = next(board for board in boards() if board["uid"] == "pppol2tp-overview")
        by_title = {title: expression for title, expression, _ in queries(overview, self.values["pppol2tp-overview"])}
        ended = {(labels["instance"], labels["cause"]): value for labels, value in
                 self.stack.prometheus.query("pppol2tp_session_ends_total")}
        failed = ended["lns2", "auth_failed"]
        self.assertGreater(failed, 0)
        self.assertEqual(ended["lns1", "hangup"], 3)
        self.assertEqual(self.stack.prometheus.value(by_title["Sessions up"]), SMALL - 5 + GREAT - failed - DROPPED)
        self.assertEqual(self.stack.prometheus.value(by_title["Ended lately"]), 5 + failed + DROPPED)
        self.assertEqual(self.stack.prometheus.value(by_title["Agents down"]), 0)

    def test_the_overview_shows_who_is_expected_and_who_of_them_is_there(self):
        overview = next(board for board in boards() if board["uid"] == "pppol2tp-overview")
        shown = {labels["name"]: (value, "session_id" in labels) for title, expression, _ in
                 queries(overview, self.values["pppol2tp-overview"]) if title == "Expected sessions"
                 for labels, value in self.stack.prometheus.query(expression)}
        self.assertEqual(shown, {"branch": (1, True), "headquarters": (0, False)})


if __name__ == "__main__":
    unittest.main()
