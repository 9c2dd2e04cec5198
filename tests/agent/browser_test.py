"""The landing page in a real headless browser: what its document shows, and what its policy forbids."""

import html.parser
import subprocess
import tempfile
import unittest

from running import Speaker, wait_until
from web import WebAgent

BROWSER_PATIENCE = 100  # seconds; it starts slowly on a busy machine
ECHO_TIMEOUT, PEER_REQUEST = 3, 2  # causes.def


class Document(html.parser.HTMLParser):
    """Texts by id, and tables by id as lists of rows."""

    def __init__(self, text):
        super().__init__()
        self.texts, self.tables, self.links = {}, {}, []
        self.open_id = self.table = None
        self.is_in_cell = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.open_id = attributes.get("id")
        if tag == "table":
            self.table = self.tables.setdefault(attributes["id"], [])
        if tag == "tr" and self.table is not None:
            self.table.append([])
        self.is_in_cell = tag == "td"
        if self.is_in_cell:
            self.table[-1].append("")
        if "href" in attributes:
            self.links.append(attributes["href"])

    def handle_endtag(self, tag):
        self.open_id = None
        self.is_in_cell = False
        if tag == "table":
            self.table = None

    def handle_data(self, data):
        if self.open_id:
            self.texts[self.open_id] = self.texts.get(self.open_id, "") + data
        if self.is_in_cell:
            self.table[-1][-1] += data

    def rows(self, table):
        return [row for row in self.tables[table] if row]


def browse(agent):
    """Returns the document after everything has loaded, and the messages on the browser's console."""
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={profile}", "--enable-logging=stderr", "--dump-dom",
             f"http://127.0.0.1:{agent.port}/"],
            capture_output=True, text=True, timeout=BROWSER_PATIENCE, check=True)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return Document(done.stdout), console


class LandingPage(unittest.TestCase):
    def agent(self, web=""):
        agent = WebAgent(web)
        self.addCleanup(agent.__exit__)
        agent.start()
        return agent

    def test_shows_the_sessions_and_breaks_no_policy(self):
        agent = self.agent()
        for session_id, command in ((1, "run"), (2, "run"), (3, f"end {ECHO_TIMEOUT}"), (4, f"end {PEER_REQUEST}")):
            speaker = Speaker(agent.ring, 7, session_id)
            self.addCleanup(speaker.close)
            speaker.say(command)
        wait_until("all are known", lambda: agent.value("pppol2tp_sessions_departed") == 2)
        document, console = browse(agent)
        self.assertEqual(console, [])
        self.assertEqual({name: document.texts[name] for name in ("up", "on-the-way", "ended", "tunnels")},
                         {"up": "2", "on-the-way": "0", "ended": "2", "tunnels": "1"})
        self.assertEqual(document.rows("phases"), [["running", "2"]])
        self.assertEqual(document.rows("causes"), [["peer_request", "1"], ["echo_timeout", "1"]])
        self.assertEqual([row[:2] for row in document.rows("sessions")], [["up", "7/1"], ["up", "7/2"]])
        self.assertEqual({tuple(row[1:3]) for row in document.rows("ends")},
                         {("echo_timeout", "7/3"), ("peer_request", "7/4")})
        for link in document.links:
            self.assertEqual(agent.curl(f"/{link}", scheme="http")[0], 200, link)

    def test_browser_would_say_so_if_the_page_broke_its_policy(self):
        """The check above can fail: a stricter policy forbids the style sheet, and the console says so."""
        agent = self.agent("http_server_config:\n  headers:\n    Content-Security-Policy: default-src 'none'\n")
        console = browse(agent)[1]
        self.assertTrue(any("style.css" in line and "Content Security Policy" in line for line in console), console)


if __name__ == "__main__":
    unittest.main()
