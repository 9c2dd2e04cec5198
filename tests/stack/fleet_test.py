"""From one host to many, on existing engines: hosts found by file, remote writing (dashboards_test asks what was written),
federation of the recorded sums, and scrapes shared out over several Prometheus servers."""

import contextlib
import re
import unittest

import yaml

from boards import KERNEL_METRICS
from engines import DEPLOY, Prometheus, wait_for
from live import GREAT, SCRAPES, SMALL, Hosts


def example(name):
    """A job from the fleet's examples, as prometheus.yml would hold it."""
    jobs = yaml.safe_load((DEPLOY / "prometheus/fleet.yml").read_text())["scrape_configs"]
    return next(job for job in jobs if job["job_name"] == name)


class Fleet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hosts = Hosts()
        cls.enterClassContext(cls.hosts)
        cls.hosts.begin()

    def test_a_host_that_is_added_to_a_file_is_scraped_and_one_that_is_taken_out_is_not(self):
        with Prometheus({"lns1": self.hosts.lns1.target}, intervals=SCRAPES) as prometheus:
            wait_for("one host", lambda: prometheus.value("sum(pppol2tp_sessions_up)") == SMALL)
            prometheus.write_targets(self.hosts.targets)
            wait_for("two hosts", lambda: prometheus.value("count(pppol2tp_sessions_up)") == 2)
            prometheus.write_targets({"lns2": self.hosts.lns2.target})
            wait_for("the other host", lambda: [labels["instance"] for labels, _ in prometheus.query("pppol2tp_sessions_up")] == ["lns2"])

    def test_a_global_server_federates_sums_and_no_sessions(self):
        with Prometheus(self.hosts.targets, intervals=SCRAPES) as regional:
            wait_for("sums", lambda: regional.value("count(instance:pppol2tp_sessions_up:max1h)") == 2)
            job = example("pppol2tp-federation") | {"static_configs": [{"targets": [f"127.0.0.1:{regional.port}"]}]}
            with Prometheus({}, intervals=SCRAPES, rules=False, changes={"scrape_configs": [job]}) as above:
                for recorded in recorded_sums():
                    wait_for(recorded, lambda: above.value(f'count({recorded}{{job="pppol2tp",instance=~"lns[12]"}})'))
                self.assertEqual(above.value("sum(pppol2tp_sessions_up)"), regional.value("sum(pppol2tp_sessions_up)"))
                self.assertEqual(above.query("{session_id!=\"\"}"), [])

    def test_a_session_has_as_many_series_as_the_calculation_says(self):
        said = int(re.search(r"A session that is up has at most (\d+) series", (DEPLOY / "prometheus/FLEET.md").read_text())[1])

        def series_of_one():
            return [series for series in self.hosts.lns1.samples() if re.search(r'\{tunnel_id="1",session_id="1"[,}]', series)]

        # All of them are there once an LCP echo has come back, but for the kernel's word, which knows of no simulated one.
        simulated = said - len(KERNEL_METRICS)
        wait_for(f"{simulated} series", lambda: len(series_of_one()) >= simulated)
        self.assertEqual(len(series_of_one()), simulated)

    def test_two_servers_share_the_hosts_out_and_none_is_scraped_twice_or_never(self):
        with contextlib.ExitStack() as stack:
            shares = []
            for number in (0, 1):
                job = example("pppol2tp-share")
                job["relabel_configs"][-1]["regex"] = str(number)
                files = {"targets": list(self.hosts.targets.values())}
                job.pop("file_sd_configs")
                shares.append(stack.enter_context(Prometheus({}, intervals=SCRAPES, rules=False,
                                                             changes={"scrape_configs": [job | {"static_configs": [files]}]})))

            def up():
                return sum(share.value("sum(pppol2tp_sessions_up)") or 0 for share in shares)

            wait_for("all sessions, once", lambda: SMALL + 0.9 * GREAT < up() <= SMALL + GREAT)
            self.assertEqual(sum(share.value("count(up)") or 0 for share in shares), 2)


def recorded_sums():
    groups = yaml.safe_load((DEPLOY / "prometheus/rules/recording.yml").read_text())["groups"]
    return [rule["record"] for group in groups for rule in group["rules"] if not rule["record"].startswith("session:")]


if __name__ == "__main__":
    unittest.main()
