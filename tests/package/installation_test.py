"""Which files the packages install, and with which owners."""

import subprocess

import tree
from tree import AGENT, PLUGIN, TreeTest

# path: type, mode, owner
INSTALLED = {
    "/etc/pppol2tp": "d 755 root:root",
    "/etc/pppol2tp/agent.yml": "f 644 root:root",
    "/run/pppol2tp": "d 750 root:pppol2tp",
    "/usr/sbin/pppol2tp-agent": "f 755 root:root",
    "/usr/lib/sysusers.d/pppol2tp.conf": "f 644 root:root",
    "/usr/lib/sysusers.d/pppol2tp-agent.conf": "f 644 root:root",
    "/usr/lib/tmpfiles.d/pppol2tp.conf": "f 644 root:root",
    "/usr/lib/systemd/system/pppol2tp-agent.service": "f 644 root:root",
    "/usr/share/man/man5/pppol2tp-agent.yml.5.gz": "f 644 root:root",
    "/usr/share/man/man8/pppol2tp-agent.8.gz": "f 644 root:root",
    "/usr/share/man/man8/pppd-pppol2tp.8.gz": "f 644 root:root",
}


class Installation(TreeTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plugin = cls.must("ls /usr/lib/pppd/*/pppol2tp.so").strip()
        cls.theirs = cls.must('sha256sum < "$1"', cls.plugin)
        cls.install(PLUGIN, AGENT)

    def test_files_have_their_owner_and_mode(self):
        told = self.must("""for path; do stat -c '%F %a %U:%G' "$path"; done""", *INSTALLED)
        kinds = {"directory": "d", "regular file": "f"}
        found = {}
        for path, line in zip(INSTALLED, told.splitlines()):
            kind, mode, owner = line.rsplit(" ", 2)
            found[path] = f"{kinds.get(kind, kind)} {mode} {owner}"
        self.assertEqual(found, INSTALLED)

    def test_nobody_but_root_may_write_any_file_of_a_package(self):
        bad = self.must("dpkg -L pppol2tp-plugin pppol2tp-agent | grep '^/' | while read -r path; do"
                        " find \"$path\" -maxdepth 0 ! -type l \\( ! -user root -o -perm /022 \\); done")
        self.assertEqual(bad, "")

    def test_plugin_of_ppp_is_kept_beside_ours(self):
        self.assertEqual(self.must('sha256sum < "$1.distrib"', self.plugin), self.theirs)
        self.assertNotEqual(self.must('sha256sum < "$1"', self.plugin), self.theirs)

    def test_pppd_loads_it(self):
        told = self.must("pppd plugin pppol2tp.so 2>&1 || true")
        self.assertIn("Plugin pppol2tp.so loaded.", told)

    def test_plugin_needs_the_c_library_and_nothing_else(self):
        told = subprocess.run(["dpkg-deb", "-f", PLUGIN, "Depends"], check=True, capture_output=True, text=True).stdout
        libraries = [name.strip().split(" ")[0] for name in told.split(",") if name.strip().startswith("lib")]
        self.assertEqual(libraries, ["libc6"])

    def test_agent_has_a_user_of_its_own_that_cannot_log_in_and_is_in_no_other_group(self):
        _, _, uid, _, _, _, shell = self.must("getent passwd pppol2tp-agent").strip().split(":")
        self.assertLess(int(uid), 1000)
        self.assertIn(shell, ("/usr/sbin/nologin", "/sbin/nologin"))
        self.assertEqual(self.must("id -Gn pppol2tp-agent").strip(), "pppol2tp-agent")
        self.assertEqual(self.must("getent group pppol2tp").strip().rsplit(":", 1)[1], "", "members of the ring's group")

    def test_service_is_enabled(self):
        self.assertEqual(self.must("systemctl is-enabled pppol2tp-agent").strip(), "enabled")

    def test_configuration_is_valid_and_all_at_its_defaults(self):
        told = self.must("pppol2tp-agent --config /etc/pppol2tp/agent.yml --check-config")
        self.assertEqual(told, "configuration is valid\n")
        self.assertEqual(self.must("grep -v '^#' /etc/pppol2tp/agent.yml || true"), "")

    def test_its_users_and_directories_are_made_again_at_boot(self):
        self.must("rm -r /run/pppol2tp && systemd-tmpfiles --create pppol2tp.conf")
        self.assertEqual(self.must("stat -c '%a %U:%G' /run/pppol2tp").strip(), "750 root:pppol2tp")


if __name__ == "__main__":
    tree.main()
