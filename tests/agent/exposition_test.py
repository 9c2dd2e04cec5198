"""The output of /metrics, checked by other programs' parsers: Prometheus' promtool, the OpenMetrics parser of
Prometheus' client library for Python, and gzip."""

import subprocess
import unittest
import urllib.error
import urllib.request
import zlib

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as prometheus_text
from running import Agent, Simulator, wait_until

OPENMETRICS = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75," \
              "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
TEXT = "text/plain;version=0.0.4;q=1,*/*;q=0.1"


def fetch(agent, query="", method="GET", **headers):
    """Status, headers and body."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{agent.port}/metrics{query}", method=method,
        headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def series(text):
    return {line.rsplit(" ", 1)[0] for line in text.splitlines() if not line.startswith("#")}


class Exposition(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.agent = cls.enterClassContext(Agent())
        cls.enterClassContext(Simulator(cls.agent.ring, sessions=600, tunnels=3, ramp=0.2, interval=0.5))
        # From here on no series appears or disappears: an answered echo is the last thing that a session adds.
        wait_until("all have answered an echo", lambda: sum(
            name.startswith("pppol2tp_session_lcp_echo_rtt_seconds{") for name in cls.agent.samples()) == 600)

    def body(self, query="", **headers):
        status, _, body = fetch(self.agent, query, **headers)
        self.assertEqual(status, 200, body)
        return body.decode()

    def test_promtool_has_nothing_to_say(self):
        check = subprocess.run(["promtool", "check", "metrics"], input=self.body(), text=True, capture_output=True,
                               check=False)
        self.assertEqual((check.returncode, check.stdout, check.stderr), (0, "", ""))

    def test_the_text_format_is_read_by_prometheus_python_client(self):
        families = list(prometheus_text.text_string_to_metric_families(self.body(Accept=TEXT)))
        ups = [sample for family in families if family.name == "pppol2tp_session_up" for sample in family.samples]
        self.assertEqual(len(ups), 600)
        self.assertEqual({sample.value for sample in ups}, {1})

    def test_openmetrics_is_read_by_prometheus_python_client(self):
        status, headers, body = fetch(self.agent, Accept=OPENMETRICS)
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"], "application/openmetrics-text; version=1.0.0; charset=utf-8")
        families = {family.name: family for family in openmetrics.text_string_to_metric_families(body.decode())}
        self.assertEqual(len(families["pppol2tp_session_up"].samples), 600)
        self.assertEqual(families["pppol2tp_session"].type, "info")
        self.assertEqual(families["pppol2tp_session_receive_bytes"].type, "counter")
        self.assertEqual(families["pppol2tp_session_receive_bytes"].unit, "bytes")
        self.assertTrue(all(family.documentation for family in families.values()))
        self.assertTrue(body.endswith(b"\n# EOF\n"))

    def test_openmetrics_with_created_is_read_by_prometheus_python_client(self):
        text = self.body("?created=1&collect[]=pppol2tp_session_receive_bytes_total", Accept=OPENMETRICS)
        family, = openmetrics.text_string_to_metric_families(text)
        self.assertEqual(sum(sample.name.endswith("_created") for sample in family.samples), 600)
        self.assertEqual(sum(sample.name.endswith("_total") for sample in family.samples), 600)

    def test_both_formats_have_the_same_series(self):
        self.assertEqual(series(self.body(Accept=TEXT)), series(self.body(Accept=OPENMETRICS)))

    def test_compressed_and_plain_answers_have_the_same_series_in_any_format(self):
        for accept in (TEXT, OPENMETRICS):
            for query in ("", "?shard=1&shards=3", "?created=1"):
                with self.subTest(accept=accept, query=query):
                    status, headers, body = fetch(self.agent, query, Accept=accept, Accept_Encoding="gzip")
                    self.assertEqual((status, headers["Content-Encoding"]), (200, "gzip"))
                    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
                    text = stream.decompress(body) + stream.flush()
                    self.assertTrue(stream.eof)  # checksum and length are correct
                    self.assertEqual(stream.unused_data, b"")
                    self.assertEqual(series(text.decode()), series(self.body(query, Accept=accept)))

    def test_gzip_itself_takes_the_answer(self):
        body = fetch(self.agent, Accept_Encoding="gzip")[2]
        check = subprocess.run(["gzip", "--test"], input=body, capture_output=True, check=False)
        self.assertEqual((check.returncode, check.stderr), (0, b""))

    def test_a_client_that_refuses_gzip_gets_none(self):
        self.assertIsNone(fetch(self.agent, Accept_Encoding="gzip;q=0")[1]["Content-Encoding"])

    def test_shards_add_up_to_the_whole(self):
        whole = series(self.body())
        shards = [series(self.body(f"?shard={index}&shards=3")) for index in range(3)]
        self.assertEqual(set().union(*shards), whole)
        self.assertEqual(sum(map(len, shards)), len(whole))

    def test_a_query_that_is_wrong_is_refused_in_one_line(self):
        status, _, body = fetch(self.agent, "?collect[]=pppol2tp_nonsense")
        self.assertEqual(status, 400)
        self.assertTrue(body.startswith(b'collect[]: "pppol2tp_nonsense" is not a metric of this agent; allowed: '))
        self.assertEqual(body.count(b"\n"), 1)

    def test_a_head_request_gets_the_head_alone(self):
        status, headers, body = fetch(self.agent, method="HEAD")
        self.assertEqual((status, body), (200, b""))
        self.assertEqual(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")


class Configured(unittest.TestCase):
    def test_detail_and_disabled_metrics_take_effect_at_a_reload(self):
        with Agent() as agent, Simulator(agent.ring, sessions=5, ramp=0):
            wait_until("all are up", lambda: agent.value("pppol2tp_sessions_up") == 5)
            before = {name.split("{")[0] for name in agent.samples()}
            self.assertIn("pppol2tp_session_mtu_bytes", before)

            agent.write_config(metrics="{detail: sessions, disabled: [process_*]}")
            self.assertEqual(agent.get("/-/reload", "POST")[0], 200)
            names = {name.split("{")[0] for name in agent.samples()}
            self.assertIn("pppol2tp_session_up", names)
            self.assertNotIn("pppol2tp_session_mtu_bytes", names)
            self.assertFalse([name for name in names if name.startswith("process_")])

            agent.write_config(metrics="{detail: totals}")
            self.assertEqual(agent.get("/-/reload", "POST")[0], 200)
            samples = agent.samples()
            self.assertEqual(samples["pppol2tp_sessions_up"], 5)
            self.assertFalse([name for name in samples if "session_id=" in name or "tunnel_id=" in name])


if __name__ == "__main__":
    unittest.main()
