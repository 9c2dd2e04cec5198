"""A plugin that is newer or older than the reader of its ring: both are built, each from its own source."""

import os
import pathlib
import subprocess
import tempfile
import unittest

THIS, NEXT = os.environ["PPPOL2TP_RING_THIS"], os.environ["PPPOL2TP_RING_NEXT"]
ADDED = "added"  # the section that only the next version has


def run(program, verb, ring):
    done = subprocess.run([program, verb, ring], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def sections(lines, where):
    return {line[1]: line[2] for line in lines if line[0] == where}


def number(lines, name):
    return next(int(line[1]) for line in lines if line[0] == name)


class Versions(unittest.TestCase):
    def speak(self, *writers, reader):
        """What the last writer published, and what the reader found in the ring afterwards."""
        with tempfile.TemporaryDirectory() as directory:
            ring = str(pathlib.Path(directory) / "ring")
            for writer in writers:
                said = sections(run(writer, "write", ring), "said")
            return said, run(reader, "read", ring)

    def assert_is_known(self, said, lines, names):
        self.assertEqual(number(lines, "corrupt"), 0)
        for where in ("heard", "table"):
            found = sections(lines, where)
            for name in names:
                self.assertEqual(found[name], said[name], f"{where}: {name}")

    def test_the_two_differ_by_one_section(self):
        this, _ = self.speak(THIS, reader=THIS)
        following, _ = self.speak(NEXT, reader=NEXT)
        self.assertEqual(set(following) - set(this), {ADDED})
        self.assertGreater(len(this), 5)

    def test_each_understands_itself_wholly(self):
        for version in (THIS, NEXT):
            said, lines = self.speak(version, reader=version)
            self.assert_is_known(said, lines, said)
            self.assertEqual(number(lines, "records"), len(said) - 1)  # the identity has no record
            self.assertEqual(number(lines, "unknown"), 0)

    def test_older_reader_knows_all_but_the_new_of_a_newer_writer(self):
        said, lines = self.speak(NEXT, reader=THIS)
        self.assertNotIn(ADDED, sections(lines, "heard"))
        self.assert_is_known(said, lines, set(said) - {ADDED})
        self.assertEqual(number(lines, "records"), len(said) - 1)
        self.assertEqual(number(lines, "unknown"), 1)

    def test_newer_reader_knows_all_of_an_older_writer_and_finds_the_new_empty(self):
        said, lines = self.speak(THIS, reader=NEXT)
        self.assert_is_known(said, lines, said)
        self.assertEqual(number(lines, "unknown"), 0)
        for where in ("heard", "table"):
            self.assertEqual(set(sections(lines, where)[ADDED]), {"0"})

    def test_nothing_of_a_newer_session_is_left_to_an_older_one_that_gets_its_slot(self):
        said, lines = self.speak(NEXT, NEXT, THIS, reader=NEXT)
        self.assert_is_known(said, lines, said)
        self.assertEqual(set(sections(lines, "table")[ADDED]), {"0"})


if __name__ == "__main__":
    unittest.main()
