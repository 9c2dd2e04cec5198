"""The plugin exports what upstream's does and needs nothing but libc and pppd itself."""

import re
import subprocess
import unittest

import support

POINTER = 8 if "ELF64" in subprocess.check_output([support.READELF, "-h", support.PLUGIN],
                                                  text=True) else 4

NO_PPPD = support.why_not_pppd()

# Other plugins bind to these by name (openl2tp.so), and pppd looks up the first two.
EXPORTS = {
    "plugin_init": ("FUNC", None),
    "pppd_version": ("OBJECT", len(support.PPPD_VERSION) + 1),
    "pppol2tp_channel": ("OBJECT", 11 * POINTER),
    "pppol2tp_ip_updown_hook": ("OBJECT", POINTER),
    "pppol2tp_send_accm_hook": ("OBJECT", POINTER),
    "pppol2tp_session_id": ("OBJECT", 4),
    "pppol2tp_tunnel_id": ("OBJECT", 4),
}


def readelf(*arguments):
    return subprocess.check_output([support.READELF, "--wide", *arguments], text=True)


def dynamic_symbols(path):
    """(name, type, size, is defined) of each dynamic symbol, in the order of the file."""
    for line in readelf("--dyn-syms", path).splitlines():
        fields = line.split()
        if len(fields) >= 8 and re.fullmatch(r"\d+:", fields[0]):
            yield fields[7], fields[3], int(fields[2], 0), fields[6] != "UND"


def undefined_symbols(path):
    return [name for name, _, _, defined in dynamic_symbols(path) if not defined]


def exports(path):
    return {name: (kind, size) for name, kind, size, defined in dynamic_symbols(path) if defined}


class Exports(unittest.TestCase):
    def test_are_exactly_what_upstream_exports(self):
        self.assertEqual(sorted(exports(support.PLUGIN)), sorted(EXPORTS))

    def test_have_upstreams_kinds_and_sizes(self):
        found = exports(support.PLUGIN)
        for name, (kind, size) in EXPORTS.items():
            with self.subTest(name):
                self.assertEqual(found[name][0], kind)
                if size is not None:
                    self.assertEqual(found[name][1], size)


class Needs(unittest.TestCase):
    def test_no_library_but_libc(self):
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("--dynamic", support.PLUGIN))
        self.assertEqual(len(needed), 1, needed)
        self.assertRegex(needed[0], r"^(libc\.so\.\d+|libc\.musl-.*)$")

    def test_no_runtime_of_cxx(self):
        for name in undefined_symbols(support.PLUGIN):
            with self.subTest(name):
                # libc's own, weak, and in every shared object.
                if not name.startswith("__cxa_finalize"):
                    self.assertNotRegex(name, r"^(_Z|__cxa_|__gxx_|_Unwind_)")

    @unittest.skipIf(NO_PPPD, NO_PPPD)
    def test_no_symbol_that_neither_libc_nor_pppd_has(self):
        of_pppd = exports(support.PPPD)
        weak = ("_ITM_", "__gmon_start__")
        for name in undefined_symbols(support.PLUGIN):
            if "@GLIBC" not in name and not name.startswith(weak):
                with self.subTest(name):
                    self.assertIn(name, of_pppd)

    @unittest.skipIf(NO_PPPD, NO_PPPD)
    def test_pppds_own_error_and_warn(self):
        # libc has functions of these names too, so the linker marks them as libc's; pppd, which comes first
        # in the search, must have them.
        of_pppd = exports(support.PPPD)
        self.assertIn("error", of_pppd)
        self.assertIn("warn", of_pppd)


class Loading(unittest.TestCase):
    def test_runs_no_constructor(self):
        # One entry is the C runtime's own (frame_dummy).
        entries = re.search(r"\(INIT_ARRAYSZ\)\s+(\d+)", readelf("--dynamic", support.PLUGIN))
        self.assertLessEqual(int(entries.group(1)) if entries else 0, POINTER)

    def test_asks_for_no_executable_stack_and_no_text_relocation(self):
        self.assertRegex(readelf("--segments", support.PLUGIN), r"GNU_STACK.* RW ")
        self.assertNotIn("TEXTREL", readelf("--dynamic", support.PLUGIN))


if __name__ == "__main__":
    unittest.main()
