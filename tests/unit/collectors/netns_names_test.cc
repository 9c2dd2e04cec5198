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
