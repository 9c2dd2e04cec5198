"""pppol2tpctl on a real terminal, tmux's."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from running import Simulator, wait_until

CTL = pathlib.Path(os.environ["PPPOL2TP_CTL"])
COMPLETION = os.environ["PPPOL2TP_COMPLETION"]


class Terminal:
    """A tmux server of its own with one window that runs `command`; a context manager."""

    def __init__(self, command, width=120, height=15):
        self._directory = tempfile.TemporaryDirectory()
        self._socket = f"{self._directory.name}/tmux"
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), command,
                   ";", "set-option", "remain-on-exit", "on")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._tmux("kill-server")
        self._directory.cleanup()

    def _tmux(self, *arguments):
        environment = os.environ | {"TERM": "xterm", "LC_ALL": "C.UTF-8"}
        return subprocess.run(["tmux", "-S", self._socket, *arguments], env=environment, check=True,
                              capture_output=True, text=True).stdout

    def press(self, *keys):
        self._tmux("send-keys", *keys)

    def resize(self, width, height):
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def screen(self):
        return self._tmux("capture-pane", "-p").splitlines()

    def is_over(self):
        return self._tmux("display-message", "-p", "#{pane_dead}#{pane_dead_status}").strip() == "10"

    def wait_for(self, what, predicate):
        try:
            wait_until(what, lambda: predicate(self.screen()))
        except AssertionError as error:
            raise AssertionError(f"{error}; the screen:\n" + "\n".join(self.screen())) from None


class OnATerminal(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.ring = pathlib.Path(directory.name) / "ring"
        simulator = Simulator(self.ring, sessions=30, tunnels=2, ramp=0, interval=0.2)
        self.addCleanup(simulator.__exit__)
        wait_until("there is a ring", self.ring.exists)

    def test_top_shows_the_busiest_sorts_by_key_resizes_and_quits(self):
        with Terminal(f"{CTL} --ring {self.ring} top") as terminal:
            terminal.wait_for("the sessions are counted", lambda screen: "30 up" in screen[0])
            terminal.wait_for("traffic has a rate", lambda screen: "receive 0bit/s" not in screen[0])
            terminal.press("u")
            terminal.wait_for("users are in order",
                              lambda screen: "user0@" in screen[4] and "user10@" in screen[5] and "user11@" in screen[6])
            self.assertEqual(len([line for line in terminal.screen() if "@simulated" in line]), 15 - 4)
            terminal.resize(60, 10)
            terminal.wait_for("the smaller screen is filled",
                              lambda screen: len([line for line in screen if "@simulated" in line]) == 10 - 4)

            def quits():  # a key may be lost while the terminal is being resized
                terminal.press("q")
                return terminal.is_over()

            wait_until("top is over, with status 0", quits)

    def test_completion_knows_commands_flags_fields_and_sessions(self):
        shell = (f"bash --norc -i -c 'PATH={CTL.parent}:$PATH; PS1=\"$ \"; "
                 f"exec bash --rcfile <(echo \"PS1=\\\"$ \\\"; source {COMPLETION}\") -i'")
        with Terminal(shell) as terminal:
            terminal.wait_for("there is a prompt", lambda screen: screen[0].startswith("$"))
            for typed, completed in (("pppol2tpctl sess", "pppol2tpctl session"),
                                     ("pppol2tpctl ri", "pppol2tpctl ring"),
                                     ("pppol2tpctl events --fo", "pppol2tpctl events --follow"),
                                     ("pppol2tpctl events --event en", "--event ended"),
                                     ("pppol2tpctl sessions --sort peer_tu", "--sort peer_tunnel_id"),
                                     ("pppol2tpctl sessions reor", "sessions reorder_timeout_seconds=")):
                terminal.press("C-u", "C-l", typed, "Tab")
                terminal.wait_for(completed, lambda screen, wanted=completed: any(wanted in line for line in screen))
