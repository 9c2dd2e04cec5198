"""Why a session ended: the agent's answer for both ends is compared with what the test did to it."""

import twin
from courses_to_the_end import COURSES
from link import Link, wait_for_exit
from sessions import AgentTest, results_of
from twin_scenarios import IPV4_UP, LNS
from waiting import wait_until


class Causes(AgentTest):
    def run_course(self, number, name):
        course = COURSES[name]
        with Link(name, twin.DIRECTORY / name, number) as link:
            expected = {"lns": course.lns, "lac": course.lac}
            ends = [end for side, end in link.ends.items() if expected[side]]
            options = {"lns": course.lns_options, "lac": course.lac_options}
            for end in ends:
                twin.start(end, self.plugin, options[end.side])
            if course.once_up:
                for end in ends:
                    end.wait_for(IPV4_UP)
            course.course(link)
            wait_for_exit(ends)
            return {end.side: self.end_of(end) for end in ends}, {end.side: end.said() for end in ends}

    def end_of(self, end):
        def told():
            return self.agent.metrics().samples("pppol2tp_session_end_info", **end.labels())

        try:
            (sample,) = wait_until(told, 20, f"session_end_info of {end.namespace}")
        except AssertionError:
            self.fail(f"no end of {end.namespace} told; the agent knows {self.agent.ends()}")
        up = self.agent.metrics().value("pppol2tp_session_up", **end.labels())
        return sample.labels | {"up": up}

    def test_every_end_has_its_true_cause(self):
        for name, (told, logs) in results_of(self.run_course, COURSES).items():
            course = COURSES[name]
            for side, expected in (("lns", course.lns), ("lac", course.lac)):
                if expected is None:
                    continue
                with self.subTest(name, side=side):
                    labels = told[side]
                    self.assertEqual((labels["cause"], labels["phase"]), (expected.cause, expected.phase), logs[side])
                    self.assertIn(labels.get("exit_status"), expected.exit_statuses(), logs[side])
                    if expected.peer_text is not None:
                        self.assertEqual(labels.get("peer_text", ""), expected.peer_text, logs[side])
                    self.assertEqual(labels["up"], 0)

    def test_a_session_whose_peer_does_not_answer_is_seen_establishing_until_it_is_told_to_stop(self):
        # With `passive`, which xl2tpd always sets, pppd waits for ever.
        with Link("passive", twin.DIRECTORY / "passive") as link:
            twin.start(link.lns, self.plugin, (*LNS, "passive", "lcp-max-configure", "2", "lcp-restart", "1"))
            link.lns.wait_for("LCP: timeout sending Config-Requests")
            of_it = link.lns.labels()
            metrics = self.agent.metrics()
            self.assertEqual(metrics.value("pppol2tp_session_phase", **of_it), 4)
            self.assertEqual(metrics.value("pppol2tp_session_up", **of_it), 0)
            link.lns.process.terminate()
            link.lns.wait()
            labels = self.end_of(link.lns)
            self.assertEqual((labels["cause"], labels["phase"]), ("user_request", "establish"))
