"""Debian's own Prometheus, Alertmanager and VictoriaMetrics as processes, with the configuration that we ship; for the
tests beside this file. All are context managers with a directory and ports of their own."""

import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
sys.path.insert(0, str(ROOT / "tests/agent"))

from running import free_port  # noqa: E402  (its path is known only now)

START_PATIENCE = 60  # seconds; a busy machine takes its time to start a server


def wait_for(what, predicate, seconds=START_PATIENCE):
    """The first true value of `predicate`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = predicate()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {what}")


def get_json(url, **parameters):
    data = urllib.parse.urlencode(parameters).encode() if parameters else None
    with urllib.request.urlopen(url, data=data, timeout=30) as answer:
        return json.load(answer)


class Engine:
    """A server process that is ready when its readiness page says so."""

    ready_path = "/-/ready"

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.directory.name)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.path / "log"
        self.process = None

    def command(self):
        raise NotImplementedError

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        try:
            wait_for(f"{type(self).__name__} is ready", self.is_ready)
        except AssertionError as error:
            self.__exit__()
            raise AssertionError(f"{error}: {self.last_words}") from None
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.last_words = self.log.read_text()[-2000:]
        self.directory.cleanup()

    def is_ready(self):
        try:
            with urllib.request.urlopen(self.url + self.ready_path, timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


class Prometheus(Engine):
    """With our rules and our scrape configuration; only addresses are put in.

    targets: {instance: address and port of an agent}; changes: what a test lays over the configuration's top-level keys.
    """

    def __init__(self, targets, alertmanager=None, changes=None, rules=True, intervals=None):
        super().__init__()
        self.targets = self.path / "targets"
        self.targets.mkdir()
        self.write_targets(targets)
        config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
        config["rule_files"] = [str(DEPLOY / "prometheus" / name) for name in config["rule_files"]] if rules else []
        for job in config["scrape_configs"]:
            for files in job.get("file_sd_configs", []):
                files["files"] = [str(self.path / name) for name in files["files"]]
        if alertmanager:
            config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{alertmanager.port}"]
        else:
            del config["alerting"]
        if intervals:
            config["global"] = {"scrape_interval": intervals, "evaluation_interval": intervals}
        (self.path / "prometheus.yml").write_text(yaml.safe_dump(config | (changes or {})))

    def write_targets(self, targets):
        """In the format and place that prometheus.yml names; read anew by Prometheus without being told."""
        groups = [{"targets": [address], "labels": {"instance": name}} for name, address in targets.items()]
        fresh = self.targets / "fresh"
        fresh.write_text(yaml.safe_dump(groups))
        os.replace(fresh, self.targets / "pppol2tp.yml")

    def command(self):
        return ["prometheus", f"--config.file={self.path}/prometheus.yml", f"--storage.tsdb.path={self.path}/data",
                f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn", "--web.enable-lifecycle"]

    def query(self, expression, **parameters):
        """[(labels, value)] of now."""
        answer = get_json(self.url + "/api/v1/query", query=expression, **parameters)
        return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"]]

    def query_range(self, expression, seconds, step):
        """[(labels, [(time, value)])] of the last so many seconds."""
        now = time.time()
        answer = get_json(self.url + "/api/v1/query_range", query=expression, start=now - seconds, end=now, step=step)
        return [(one["metric"], [(at, float(value)) for at, value in one["values"]]) for one in answer["data"]["result"]]

    def value(self, expression):
        found = self.query(expression)
        return found[0][1] if found else None


class VictoriaMetrics(Engine):
    ready_path = "/health"

    def command(self):
        return ["victoria-metrics", f"-httpListenAddr=127.0.0.1:{self.port}", f"-storageDataPath={self.path}/data",
                "-search.latencyOffset=0s", "-loggerLevel=WARN"]

    query = Prometheus.query
    query_range = Prometheus.query_range
    value = Prometheus.value


class Alertmanager(Engine):
    """With the configuration that we ship; its receivers are sent to a Webhook."""

    def __init__(self, webhook):
        super().__init__()
        config = (DEPLOY / "alertmanager/alertmanager.yml").read_text()
        (self.path / "alertmanager.yml").write_text(config.replace("http://localhost:9095", webhook.url))

    def command(self):
        return ["prometheus-alertmanager", f"--config.file={self.path}/alertmanager.yml",
                f"--storage.path={self.path}/data", f"--web.listen-address=127.0.0.1:{self.port}",
                "--cluster.listen-address=", "--log.level=warn"]


class Webhook:
    """Keeps what Alertmanager sends: `received` is a list of (time, path, notification)."""

    def __init__(self):
        received = self.received = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((time.monotonic(), self.path, json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def about(self, instance):
        """[(time, path, notification)] of one host."""
        return [one for one in self.received if one[2]["groupLabels"].get("instance") == instance]
