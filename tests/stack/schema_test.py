"""The dashboards are what Grafana's own types say a dashboard is; and the check finds the faults that it is for."""

import json
import pathlib
import subprocess
import tempfile
import unittest

from engines import ROOT
from npm import installed


def first(board, kind):
    return next(panel for panel in board["panels"] if panel["type"] == kind)


# What people get wrong by hand, each a change to the overview.
FAULTS = {
    "a misspelled key of a panel": lambda board: first(board, "stat").update(descriptoin="x"),
    "a panel's place that is a text": lambda board: first(board, "stat")["gridPos"].update(w="6"),
    "an option that this kind of panel has not": lambda board: first(board, "stat")["options"].update(showLegend=True),
    "a value that an option cannot have": lambda board: first(board, "stat")["options"].update(colorMode="rainbow"),
    "an option that is missing": lambda board: first(board, "timeseries")["options"].pop("tooltip"),
    "a way to draw that does not exist": lambda board: first(board, "timeseries")["fieldConfig"]["defaults"]["custom"].update(drawStyle="dots"),
    "a query in a misspelled format": lambda board: first(board, "table")["targets"][0].update(format="tabel"),
    "a query without an expression": lambda board: first(board, "table")["targets"][0].pop("expr"),
    "a variable of an unknown type": lambda board: board["templating"]["list"][0].update(type="datasources"),
    "a threshold that is a text": lambda board: first(board, "stat")["fieldConfig"]["defaults"]["thresholds"]["steps"][0].update(value="many"),
    "a dashboard without annotations": lambda board: board.pop("annotations"),
}


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.validator = installed("schema") / "validate.mjs"

    def complaints(self, *files):
        done = subprocess.run(["node", self.validator, *files], capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 1 if done.stdout else 0)
        return done.stdout

    def test_every_dashboard_is_valid(self):
        files = sorted((ROOT / "dashboards").glob("*.json"))
        self.assertEqual(len(files), 4)
        self.assertEqual(self.complaints(*files), "")

    def test_every_fault_is_found(self):
        sound = (ROOT / "dashboards/overview.json").read_text()
        with tempfile.TemporaryDirectory() as directory:
            for number, spoil in enumerate(FAULTS.values()):
                board = json.loads(sound)
                spoil(board)
                (pathlib.Path(directory) / f"{number}.json").write_text(json.dumps(board))
            found = self.complaints(*sorted(pathlib.Path(directory).iterdir()))
        for number, fault in enumerate(FAULTS):
            with self.subTest(fault):
                self.assertRegex(found, rf"(?m)^{number}\.json: ")


if __name__ == "__main__":
    unittest.main()
