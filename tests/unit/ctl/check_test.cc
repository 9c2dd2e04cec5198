#include "agent/ctl/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_directory.h"

namespace pppol2tp::ctl {
namespace {

using testing::HasSubstr;

// The file tree of an imaginary host.
class CheckTest : public testing::Test {
 protected:
  void put(const std::string& path, const std::string& contents) {
    const std::filesystem::path whole = root() + path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole) << contents;
  }
  std::string root() const { return directory_.path(); }
  CheckInput input() const { return {root(), "/run/pppol2tp/ring", "/etc/agent.yml", "2.4.9"}; }

 private:
  test::TemporaryDirectory directory_;
};

TEST_F(CheckTest, PluginOfOursAndOfThisVersionIsGood) {
  put("/usr/lib/pppd/2.4.9/pppol2tp.so",
      std::string("ELF..pppol2tp-plugin-version=" PPPOL2TP_VERSION) + '\0' + "more");
  const auto findings = check_plugin(input());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].verdict, Verdict::good) << findings[0].what;
}

TEST_F(CheckTest, PluginOfAnotherVersionIsDoubtful) {
  put("/usr/lib/pppd/2.4.9/pppol2tp.so", std::string("pppol2tp-plugin-version=0.0.9") + '\0');
  const auto findings = check_plugin(input());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].verdict, Verdict::doubtful);
  EXPECT_THAT(findings[0].what, HasSubstr("0.0.9"));
}

TEST_F(CheckTest, UpstreamsPluginAndNoPluginAndNoPppdAreBad) {
  EXPECT_THAT(check_plugin(input())[0].what, HasSubstr("has no plugin"));
  put("/usr/lib/pppd/2.4.9/pppol2tp.so", "pppol2tp plugin initialized");
  EXPECT_THAT(check_plugin(input())[0].what, HasSubstr("is not this project's plugin"));
  CheckInput without = input();
  without.pppd_version.clear();
  EXPECT_THAT(check_plugin(without)[0].what, HasSubstr("pppd is not installed"));
  for (const auto& each : {check_plugin(input()), check_plugin(without)}) {
    EXPECT_EQ(each[0].verdict, Verdict::bad);
    EXPECT_FALSE(each[0].advice.empty());
  }
}

TEST_F(CheckTest, PppdThatThisUserMayNotRunIsNotTakenForMissing) {
  put("/usr/sbin/pppd", "ELF");  // root:dip, mode 4754 on Debian
  CheckInput without = input();
  without.pppd_version.clear();
  const auto findings = check_plugin(without);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].verdict, Verdict::doubtful);
  EXPECT_THAT(findings[0].advice, HasSubstr("root"));
}

TEST_F(CheckTest, ModuleIsLoadedOrCanBeOrIsMissing) {
  put("/sys/module/l2tp_ppp/refcnt", "1");
  utsname kernel{};
  uname(&kernel);
  put(std::string("/lib/modules/") + kernel.release + "/modules.dep",
      "kernel/net/l2tp/l2tp_netlink.ko.xz: kernel/net/l2tp/l2tp_core.ko.xz\n");
  const auto findings = check_kernel(input());
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].verdict, Verdict::good);
  EXPECT_EQ(findings[1].verdict, Verdict::doubtful);
  EXPECT_THAT(findings[1].advice, HasSubstr("modprobe l2tp_netlink"));
  std::filesystem::remove_all(root() + "/sys");
  std::filesystem::remove_all(root() + "/lib");
  const auto without = check_kernel(input());
  EXPECT_EQ(without[0].verdict, Verdict::bad);
  EXPECT_EQ(without[1].verdict, Verdict::doubtful);  // sessions work, and are reported
  EXPECT_THAT(without[1].what, HasSubstr("has no module l2tp_netlink"));
}

TEST_F(CheckTest, ConfigurationThatIsWrongIsToldBeforeTheAgentIsAsked) {
  put("/etc/agent.yml", "colour: red\n");
  const auto findings = check_agent(input());
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].verdict, Verdict::bad);
  EXPECT_THAT(findings[0].what, HasSubstr("colour"));
}

TEST_F(CheckTest, ConfigurationThatIsNotThereIsDoubtfulAndNamed) {
  const auto findings = check_agent(input());
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].verdict, Verdict::doubtful);
  EXPECT_THAT(findings[0].what, HasSubstr("no configuration file /etc/agent.yml"));
  EXPECT_THAT(findings[1].what, HasSubstr(" at 127.0.0.1:11701"));
}

TEST_F(CheckTest, SocketOfSystemdIsNotTakenForAWrongAddress) {
  put("/etc/agent.yml", "listen: [systemd]\n");
  const auto findings = check_agent(input());
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[1].verdict, Verdict::doubtful);
  EXPECT_THAT(findings[1].advice, HasSubstr("pppol2tp-agent.socket"));
}

TEST_F(CheckTest, AgentThatReadsAnotherRingIsDoubtful) {
  put("/etc/agent.yml", "ring: /run/elsewhere/ring\nlisten: [\"127.0.0.1:1\"]\n");
  const auto findings = check_agent(input());
  ASSERT_EQ(findings.size(), 3u);
  EXPECT_THAT(findings[1].what, HasSubstr("/run/elsewhere/ring"));
  EXPECT_EQ(findings[1].verdict, Verdict::doubtful);
  EXPECT_THAT(findings[2].what, HasSubstr("does not answer at 127.0.0.1:1"));
}

}  // namespace
}  // namespace pppol2tp::ctl
