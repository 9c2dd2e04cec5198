"""A clean Debian tree for installing packages, and the packages: see CMakeLists.txt for the environment."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITE = os.environ["SUITE"]
PACKAGES = pathlib.Path(os.environ["PACKAGES"])
TESTS_BUILD = pathlib.Path(os.environ["TESTS_BUILD"])
IN_TREE = ROOT / "deploy" / "lib" / "in-tree"

# What installing and removing any package leaves behind: the package manager's records, caches, and the backup files
# of the passwd package's tools.
NOT_OURS = ("/proc", "/dev", "/sys", "/tmp", "/packages", "/tests", "/var/lib/dpkg", "/var/cache", "/var/log",
            "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/.pwd.lock", "/etc/resolv.conf")


def package(name):
    [path] = PACKAGES.glob(f"{name}_*.deb")
    return path


PLUGIN, AGENT = package("pppol2tp-plugin"), package("pppol2tp-agent")


def make_tree(name, more=""):
    """The path of a clean tree with what our packages depend on, and `more`, but without our packages."""
    made = subprocess.run([ROOT / "tests/package/make-tree", SUITE, name, more, PLUGIN, AGENT], check=True,
                          stdout=subprocess.PIPE, text=True)
    return pathlib.Path(made.stdout.splitlines()[-1])


def repack(deb, directory, change):
    """Another package made from `deb`: `change` gets the unpacked tree and may change anything in it."""
    with tempfile.TemporaryDirectory() as work:
        unpacked = pathlib.Path(work) / "tree"
        subprocess.run(["dpkg-deb", "-R", deb, unpacked], check=True)
        change(unpacked)
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", unpacked, directory], check=True, stdout=subprocess.DEVNULL)
    return max(pathlib.Path(directory).glob("*.deb"), key=lambda path: path.stat().st_mtime_ns)


def replace_in(path, old, new):
    text = path.read_text()
    assert old in text, f"{path}: no '{old}'"
    path.write_text(text.replace(old, new))


def older(deb, directory):
    """The same package as version 0.0.9, because there is no earlier release to upgrade from."""
    version = subprocess.run(["dpkg-deb", "-f", deb, "Version"], check=True, capture_output=True, text=True).stdout.strip()
    return repack(deb, directory, lambda tree: replace_in(tree / "DEBIAN/control", f"Version: {version}", "Version: 0.0.9"))


# Packages for sessions, for a test inside the tree, and for README.md's commands. go-l2tp is new in Debian 13.
GUEST_PACKAGES = ("xl2tpd network-manager-l2tp python3 iproute2 iputils-ping kmod procps cmake"
                  " prometheus prometheus-alertmanager")
if SUITE != "bookworm":
    GUEST_PACKAGES += " go-l2tp"


def stage(directory, *programs):
    """What a test inside a tree has beside it: packages, earlier packages, examples, its helpers, and the parts of the
    checkout that README.md's commands need."""
    for name in ("new", "old"):
        (directory / name).mkdir(parents=True)
    for deb in (PLUGIN, AGENT):
        shutil.copy(deb, directory / "new")
        older(deb, directory / "old")
    shutil.copytree(ROOT / "deploy" / "examples", directory / "examples")
    for part in ("prometheus", "alertmanager"):
        shutil.copytree(ROOT / "deploy" / part, directory / "checkout" / "deploy" / part)
    packages = directory / "checkout" / "build" / "packages"
    packages.mkdir(parents=True)
    (packages / SUITE).symlink_to("../../../new")
    for program in (*programs, *(ROOT / "tests/package" / name for name in ("machine.py", "powers.py"))):
        shutil.copy(program, directory)


class TreeTest(unittest.TestCase):
    """Each class has its own tree, as clean as debootstrap made it; begin_anew() replaces it with another one."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.tree = make_tree("package-test")
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="pppol2tp-package-"))
        cls.addClassCleanup(shutil.rmtree, cls.work)
        cls.packages = cls.work / "packages"
        cls.begin_anew()

    @classmethod
    def begin_anew(cls):
        cls.layer = pathlib.Path(tempfile.mkdtemp(dir=cls.work))
        shutil.rmtree(cls.packages, ignore_errors=True)
        shutil.copytree(PACKAGES, cls.packages)

    @classmethod
    def run_in(cls, script, *arguments):
        """Runs a shell script in the tree: (exit status, output)."""
        done = subprocess.run(
            [IN_TREE, "--layer", cls.layer, "--bind", f"{cls.packages}:/packages", "--bind", f"{TESTS_BUILD}:/tests",
             cls.tree, "--", "sh", "-euc", script, "sh", *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout

    @classmethod
    def must(cls, script, *arguments):
        status, output = cls.run_in(script, *arguments)
        assert status == 0, f"exit status {status} of: {script}\n{output}"
        return output

    @classmethod
    def install(cls, *debs):
        return cls.must('dpkg -i "$@"', *(f"/packages/{pathlib.Path(deb).name}" for deb in debs))

    @classmethod
    def refuse(cls, deb):
        """dpkg's message when it refuses to install the package."""
        status, output = cls.run_in('dpkg -i "$1"', f"/packages/{pathlib.Path(deb).name}")
        assert status != 0, f"installed although it should not be:\n{output}"
        return output

    @classmethod
    def everything(cls):
        """{path: type, mode, owner, size, and a file's hash} of everything that a package could own."""
        prune = " -o ".join(f"-path {path}" for path in NOT_OURS)
        ours = f"find / -xdev \\( {prune} \\) -prune -o"
        listed = cls.must(f"""{ours} -printf '%y %m %u:%g %l  %p\\n'; {ours} -type f -print0 | xargs -0 sha256sum""")
        found = {}
        for line in listed.splitlines():
            facts, _, path = line.partition("  ")
            found.setdefault(path, []).append(facts)
        return found


def main():
    if os.geteuid() != 0:
        print("skipped: only root can make a Debian tree")
        sys.exit(77)
    unittest.main(verbosity=2)
