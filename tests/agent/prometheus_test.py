"""A real Prometheus scrapes a real agent over mutual TLS with basic authentication."""

import json
import pathlib
import subprocess
import tempfile
import unittest
import urllib.parse
import urllib.request

from running import PATIENCE, Speaker, free_port, wait_until
from web import OTHER_PASSWORD, PASSWORD, PASSWORD_HASH, USER, Certificates, WebAgent

WEB = f"""tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_ca_file: ca.crt
  client_auth_type: RequireAndVerifyClientCert
basic_auth_users:
  {USER}: {PASSWORD_HASH}
"""


class Prometheus:
    """Debian's, with one target that it reaches in several ways, each a job; a context manager."""

    def __init__(self, jobs):
        self.directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.directory.name)
        self.port = free_port()
        # YAML takes JSON.
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
        certificate, key = map(str, ca.issue("client", "DNS:prometheus.example", "clientAuth"))
        agent.start()
        speaker = Speaker(agent.ring, 3, 4)
        self.addCleanup(speaker.close)
        speaker.say("run")

        def job(name, with_certificate, password):
            tls = {"ca_file": str(ca.file)}
            if with_certificate:
                tls |= {"cert_file": certificate, "key_file": key}
            return {"job_name": name, "scheme": "https", "tls_config": tls,
                    "basic_auth": {"username": USER, "password": password},
                    "static_configs": [{"targets": [f"127.0.0.1:{agent.port}"]}]}

        with Prometheus([job("right", True, PASSWORD), job("no-certificate", False, PASSWORD),
                         job("wrong-password", True, OTHER_PASSWORD)]) as prometheus:
            wait_until("all three have been tried", lambda: len(prometheus.ask("up")) == 3)
            wait_until("the session is there", lambda: prometheus.ask("pppol2tp_session_up") == {"right": 1})
            self.assertEqual(prometheus.ask("up"), {"right": 1, "no-certificate": 0, "wrong-password": 0})


if __name__ == "__main__":
    unittest.main()
