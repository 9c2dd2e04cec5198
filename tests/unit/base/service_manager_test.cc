#include "agent/base/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "tests/support/temporary_directory.h"

namespace pppol2tp {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr const char* kVariables[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"};

// The other end: the socket that systemd would read.
class ServiceManagerTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : kVariables) unsetenv(name);
  }
  void TearDown() override { SetUp(); }

  void listen_at(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path);
    if (name.front() == '@') address.sun_path[0] = '\0';
    listener_.reset(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    ASSERT_EQ(bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), bytes), 0);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  void listen_in_directory() { listen_at(directory_.path() + "/notify"); }

  // Empty if nothing was sent.
  std::string heard() {
    char message[4096];
    const ssize_t got = recv(listener_.get(), message, sizeof message, MSG_DONTWAIT);
    return got < 0 ? std::string() : std::string(message, static_cast<std::size_t>(got));
  }

  static ServiceManager manager() {
    auto made = ServiceManager::from_environment();
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
  }

  test::TemporaryDirectory directory_;
  Fd listener_;
};

TEST_F(ServiceManagerTest, IsAbsentWithoutItsVariableAndThenNothingIsSaid) {
  const ServiceManager nobody = manager();
  EXPECT_FALSE(nobody.is_present());
  EXPECT_FALSE(nobody.has_watchdog());
  nobody.is_ready("up");
  nobody.is_alive();
}

TEST_F(ServiceManagerTest, HearsOfEachStateOfTheService) {
  listen_in_directory();
  const ServiceManager systemd = manager();
  EXPECT_TRUE(systemd.is_present());
  systemd.is_ready("listening on 127.0.0.1:1");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=listening on 127.0.0.1:1");
  systemd.is_reloading();
  EXPECT_THAT(heard(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
  systemd.is_stopping();
  EXPECT_EQ(heard(), "STOPPING=1");
}

TEST_F(ServiceManagerTest, IsReachedAtAnAbstractAddress) {
  listen_at("@pppol2tp-test-" + std::to_string(getpid()));
  manager().is_ready("up");
  EXPECT_THAT(heard(), HasSubstr("READY=1"));
}

TEST_F(ServiceManagerTest, HearsSignsOfLifeWhenItsWatchdogWaitsForThisProcess) {
  listen_in_directory();
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  const ServiceManager systemd = manager();
  EXPECT_TRUE(systemd.has_watchdog());
  systemd.is_alive();
  EXPECT_EQ(heard(), "WATCHDOG=1");
}

TEST_F(ServiceManagerTest, HearsNoSignsOfLifeWhenItsWatchdogWaitsForAnotherProcess) {
  listen_in_directory();
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getppid()).c_str(), 1);
  const ServiceManager systemd = manager();
  EXPECT_FALSE(systemd.has_watchdog());
  systemd.is_alive();
  EXPECT_EQ(heard(), "");
}

TEST_F(ServiceManagerTest, HearsNoSignsOfLifeWhenItHasNoWatchdog) {
  listen_in_directory();
  manager().is_alive();
  EXPECT_EQ(heard(), "");
}

TEST_F(ServiceManagerTest, IsRefusedAtAnAddressThatMakesNoSense) {
  setenv("NOTIFY_SOCKET", "notify", 1);
  EXPECT_EQ(ServiceManager::from_environment().error().message,
            "NOTIFY_SOCKET: 'notify' is neither a path nor an abstract address");
  setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);
  EXPECT_THAT(ServiceManager::from_environment().error().message, HasSubstr("is too long"));
}

TEST_F(ServiceManagerTest, ThatIsGoneHoldsNobodyUp) {
  listen_in_directory();
  const ServiceManager systemd = manager();
  listener_.reset();
  systemd.is_ready("up");
  EXPECT_TRUE(systemd.is_present());
}

}  // namespace
}  // namespace pppol2tp
