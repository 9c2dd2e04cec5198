"""The agent for the ring at its default place, for tests that make their sessions themselves."""

import pathlib
import shutil
import subprocess

from exposition import scrape
from waiting import wait_until

LISTEN = "127.0.0.1:11702"


class Agent:
    """A context manager; needs /run/pppol2tp. Asks the kernel about `namespaces` too, which must exist by then."""

    def __init__(self, build, directory, namespaces=()):
        self._namespaces = list(namespaces)
        self._program = pathlib.Path(build, "agent", "pppol2tp-agent")
        self._directory = pathlib.Path(directory)
        self._process = None

    def __enter__(self):
        self._directory.mkdir(parents=True)
        config = self._directory / "agent.yml"
        config.write_text(
            f'listen: ["{LISTEN}"]\nstate_file: {self._directory}/state\nnetwork_namespaces: {self._namespaces}\n'
        )
        with (self._directory / "agent.log").open("wb") as log:
            self._process = subprocess.Popen([self._program, "--config", config], stdout=log, stderr=log)
        wait_until(self._answers, 60, "the agent answers")
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._directory)

    def _answers(self):
        try:
            return self.metrics()
        except OSError:
            return None

    def metrics(self):
        return scrape(f"http://{LISTEN}/metrics")

    def ends(self):
        """The labels of all ends that it shows."""
        return [sample.labels for sample in self.metrics().samples("pppol2tp_session_end_info")]
