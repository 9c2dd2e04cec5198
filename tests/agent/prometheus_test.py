"""A real Prometheus scrapes a real agent as the documents describe: with mutual TLS and a password, and in parts."""

import json
import pathlib
import subprocess
import tempfile
import unittest
import urllib.parse
import urllib.request

import yaml

from documents import yaml_block
from running import PATIENCE, Agent, Simulator, Speaker, free_port, wait_until
from web import OTHER_PASSWORD, PASSWORD, PASSWORD_HASH, Certificates, WebAgent

NETWORK = "deploy/prometheus/README.md"
WEB = yaml_block(NETWORK, "basic_auth_users").replace("HASH", PASSWORD_HASH)
SECURE_JOB = yaml.safe_load(yaml_block(NETWORK, "password_file"))
SHARDS = yaml_block("deploy/prometheus/FLEET.md", "__param_shard")


class Prometheus:
    """Debian's Prometheus with one target, scraped in several ways by several jobs; a context manager."""

    def __init__(self, jobs):
        self.directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.directory.name)
        self.port = free_port()
        # JSON is valid YAML.
        self.config = self.path / "prometheus.yml"
        self.config.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}))

    def __enter__(self):
        with open(self.path / "log", "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={self.config}", f"--storage.tsdb.path={self.path / 'data'}",
                 f"--web.listen-address=127.0.0.1:{self.port}"], stderr=log)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.directory.cleanup()

    def ask(self, query):
        """The values by job."""
        url = f"http://127.0.0.1:{self.port}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                result = json.load(answer)["data"]["result"]
        except OSError:
            return {}
        return {sample["metric"].get("job"): float(sample["value"][1]) for sample in result}


class MutualTls(unittest.TestCase):
    def test_prometheus_with_certificate_and_password_scrapes_and_others_do_not(self):
        agent = WebAgent(WEB)
        self.addCleanup(agent.__exit__)
        ca = Certificates(agent.path)
        ca.issue("server", "IP:127.0.0.1", "serverAuth")
        ca.issue("client", "DNS:prometheus.example", "clientAuth")
        agent.start()
        speaker = Speaker(agent.ring, 3, 4)
        self.addCleanup(speaker.close)
        speaker.say("run")

        def job(name, with_certificate, password):
            (agent.path / f"{name}-password").write_text(password)
            tls = {key: str(agent.path / file) for key, file in SECURE_JOB["tls_config"].items()
                   if with_certificate or key == "ca_file"}
            auth = SECURE_JOB["basic_auth"] | {"password_file": str(agent.path / f"{name}-password")}
            return SECURE_JOB | {"job_name": name, "tls_config": tls, "basic_auth": auth,
                                 "static_configs": [{"targets": [agent.target]}]}

        with Prometheus([job("right", True, PASSWORD), job("no-certificate", False, PASSWORD),
                         job("wrong-password", True, OTHER_PASSWORD)]) as prometheus:
            wait_until("all three have been tried", lambda: len(prometheus.ask("up")) == 3)
            wait_until("the session is there", lambda: prometheus.ask("pppol2tp_session_up") == {"right": 1})
            self.assertEqual(prometheus.ask("up"), {"right": 1, "no-certificate": 0, "wrong-password": 0})


class Shards(unittest.TestCase):
    def test_each_session_is_in_one_of_the_targets_that_share_a_host(self):
        with Agent() as agent, Simulator(agent.ring, sessions=50, tunnels=4, ramp=0):
            wait_until("all are up", lambda: agent.value("pppol2tp_sessions_up") == 50)
            parts = yaml.safe_load(SHARDS.replace("lns1:11701", agent.target))
            with Prometheus([{"job_name": "pppol2tp", "static_configs": parts}]) as prometheus:
                wait_until("both parts are up", lambda: prometheus.ask("count(up == 1)") == {None: 2})
                wait_until("each session is there", lambda: prometheus.ask("count(pppol2tp_session_up == 1)") == {None: 50})
                self.assertEqual(prometheus.ask("count(count by (shard) (pppol2tp_session_up))"), {None: 2}, "each part has some")
                self.assertEqual(prometheus.ask("count(count by (tunnel_id, session_id) (pppol2tp_session_up))"), {None: 50})
                self.assertEqual(prometheus.ask("pppol2tp_sessions_up"), {"pppol2tp": 50}, "what is the host's is there once")


if __name__ == "__main__":
    unittest.main()
