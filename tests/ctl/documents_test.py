"""Every pppol2tpctl command that a document shows is a question that pppol2tpctl understands."""

import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

from running import PATIENCE, Speaker

CTL = os.environ["PPPOL2TP_CTL"]
ROOT = pathlib.Path(__file__).resolve().parents[2]
WRONG_QUESTION = 2  # pppol2tpctl(8), exit status

DOCUMENTS = {
    "README.md": r"^pppol2tpctl ([^#\n]+)",
    "deploy/prometheus/RUNBOOK.md": r"`pppol2tpctl ([^`]+)`",
    "deploy/man/pppol2tpctl.8": r"^pppol2tpctl ([a-z].*)",
}


def commands(document):
    text = (ROOT / document).read_text().replace("\\-", "-")
    return [shlex.split(arguments) for arguments in re.findall(DOCUMENTS[document], text, re.MULTILINE)]


class Documents(unittest.TestCase):
    def test_show_only_commands_that_are_understood(self):
        with tempfile.TemporaryDirectory() as directory:
            ring = pathlib.Path(directory) / "ring"
            Speaker(ring, 1, 1).close()
            for document in DOCUMENTS:
                self.assertTrue(commands(document), f"{document} shows none")
                for arguments in commands(document):
                    # What follows does not end by itself.
                    asked = [argument for argument in arguments if argument != "--follow"]
                    done = subprocess.run([CTL, "--ring", ring, *asked], capture_output=True, text=True,
                                          stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
                    self.assertNotEqual(done.returncode, WRONG_QUESTION, f"{document}: {arguments}: {done.stderr}")


if __name__ == "__main__":
    unittest.main()
