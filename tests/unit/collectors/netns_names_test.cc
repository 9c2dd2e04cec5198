#include "agent/collectors/netns_names.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_directory.h"

namespace pppol2tp::collectors {
namespace {

std::uint64_t inode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return status.st_ino;
}

TEST(NetnsNames, OwnNamespaceHasNoName) {
  NetnsNames names({}, "/nowhere");
  EXPECT_STREQ(names.name_of(inode_of("/proc/self/ns/net")).data(), "");
}

TEST(NetnsNames, NamedNamespaceHasTheNameOfItsFile) {
  const test::TemporaryDirectory directory;
  NetnsNames names({}, directory.path());
  std::ofstream(directory.path() + "/customers") << "";
  EXPECT_STREQ(names.name_of(inode_of(directory.path() + "/customers")).data(), "customers");
}

TEST(NetnsNames, NamespaceWithoutANameIsItsInodeAndStaysSo) {
  const test::TemporaryDirectory directory;
  NetnsNames names({}, directory.path());
  EXPECT_STREQ(names.name_of(123).data(), "123");
  std::ofstream(directory.path() + "/late") << "";
  EXPECT_STREQ(names.name_of(123).data(), "123");
}

TEST(NetnsNames, NamespaceThatTookTheNumberOfAnotherHasItsOwnName) {
  const test::TemporaryDirectory directory;
  NetnsNames names({}, directory.path());
  const std::string before = directory.path() + "/before";
  std::ofstream(before) << "";
  const std::uint64_t inode = inode_of(before);
  EXPECT_STREQ(names.name_of(inode).data(), "before");
  std::filesystem::rename(before, directory.path() + "/after");  // the number stays
  EXPECT_STREQ(names.name_of(inode).data(), "after");
}

TEST(NetnsNames, NamespaceWhoseNameWasTakenAwayKeepsIt) {
  const test::TemporaryDirectory directory;
  NetnsNames names({}, directory.path());
  const std::string path = directory.path() + "/leaving";
  std::ofstream(path) << "";
  const std::uint64_t inode = inode_of(path);
  EXPECT_STREQ(names.name_of(inode).data(), "leaving");
  std::filesystem::remove(path);
  EXPECT_STREQ(names.name_of(inode).data(), "leaving");
}

TEST(NetnsNames, TwoNamespacesNeverHaveTheSameName) {
  const test::TemporaryDirectory directory;
  const auto made = [&](const std::string& name) {
    std::filesystem::create_directories(directory.path() + "/" + name);
    std::ofstream(directory.path() + "/" + name + "/net") << "";
    return directory.path() + "/" + name + "/net";
  };
  const std::string one = made("1");
  const std::string other = made("2");
  NetnsNames names({one, other}, "/nowhere");
  EXPECT_STREQ(names.name_of(inode_of(one)).data(), "net");
  EXPECT_EQ(std::string(names.name_of(inode_of(other)).data()), std::to_string(inode_of(other)));
  EXPECT_STREQ(names.name_of(inode_of(one)).data(), "net");
}

TEST(NetnsNames, NamesThatBeginAlikeStayApartWhenTheyAreCut) {
  const test::TemporaryDirectory directory;
  NetnsNames names({}, directory.path());
  const std::string one = directory.path() + "/" + std::string(31, 'n') + "1";
  const std::string other = directory.path() + "/" + std::string(31, 'n') + "2";
  std::ofstream(one) << "";
  std::ofstream(other) << "";
  EXPECT_NE(names.name_of(inode_of(one)), names.name_of(inode_of(other)));
}

TEST(NetnsNames, NamespaceThatIsMadeAnewGetsTheNameOfTheOldOne) {
  const test::TemporaryDirectory directory;
  NetnsNames names({}, directory.path());
  const std::string path = directory.path() + "/blue";
  std::ofstream(path) << "";
  const std::uint64_t old = inode_of(path);
  EXPECT_STREQ(names.name_of(old).data(), "blue");
  std::filesystem::rename(path,
                          directory.path() + "/gone");  // so that its number is not used again
  std::ofstream(path) << "";
  ASSERT_NE(inode_of(path), old);
  EXPECT_STREQ(names.name_of(inode_of(path)).data(), "blue");
}

TEST(NetnsNames, LongNameIsCut) {
  const test::TemporaryDirectory directory;
  NetnsNames names({}, directory.path());
  const std::string name(200, 'n');
  std::ofstream(directory.path() + "/" + name) << "";
  EXPECT_EQ(std::string(names.name_of(inode_of(directory.path() + "/" + name)).data()),
            std::string(31, 'n'));
}

}  // namespace
}  // namespace pppol2tp::collectors
