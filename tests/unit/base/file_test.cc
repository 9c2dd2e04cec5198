#include "agent/base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace pppol2tp {
namespace {

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "fileXXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    path_ = directory_ / "file";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
  std::string path_;
};

TEST_F(FileTest, ReadsBackWhatItReplaced) {
  const std::string contents(100'000, '\0');
  ASSERT_TRUE(replace_file(path_, contents));
  const auto read = read_file(path_, contents.size());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(*read == contents);
}

TEST_F(FileTest, ReplacesWhatWasThere) {
  ASSERT_TRUE(replace_file(path_, "a longer text"));
  ASSERT_TRUE(replace_file(path_, "short"));
  EXPECT_EQ(*read_file(path_, 100), "short");
}

TEST_F(FileTest, LeavesNothingElseBehind) {
  ASSERT_TRUE(replace_file(path_, "x"));
  int entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory_))
    ++entries;
  EXPECT_EQ(entries, 1);
}

TEST_F(FileTest, MakesFilesThatOnlyTheirOwnerReads) {
  ASSERT_TRUE(replace_file(path_, "x"));
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(FileTest, RefusesToReadMoreThanItsLimit) {
  std::ofstream(path_) << "12345";
  EXPECT_TRUE(read_file(path_, 5));
  EXPECT_EQ(read_file(path_, 4).error().message, path_ + ": larger than 4 bytes");
}

TEST_F(FileTest, NamesWhatItCannotRead) {
  EXPECT_EQ(read_file(path_, 5).error().message, path_ + ": No such file or directory");
  EXPECT_EQ(read_file(directory_, 5).error().message, directory_.string() + ": Is a directory");
}

TEST_F(FileTest, ReplacementTakesThePlaceOnlyWhenItIsCommitted) {
  ASSERT_TRUE(replace_file(path_, "old"));
  auto replacement = FileReplacement::begin(path_);
  ASSERT_TRUE(replacement);
  ASSERT_TRUE(replacement->append("__st"));
  ASSERT_TRUE(replacement->append(" words"));
  ASSERT_TRUE(replacement->overwrite_begin("be"));
  EXPECT_EQ(*read_file(path_, 100), "old");
  ASSERT_TRUE(replacement->commit());
  EXPECT_EQ(*read_file(path_, 100), "best words");
}

TEST_F(FileTest, ReplacementThatIsGivenUpLeavesNothing) {
  {
    auto replacement = FileReplacement::begin(path_);
    ASSERT_TRUE(replacement);
    ASSERT_TRUE(replacement->append("half"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

TEST_F(FileTest, WritesToNothingThatIsInItsWay) {
  const std::string other = directory_ / "other";
  std::ofstream(other) << "precious";
  std::filesystem::create_hard_link(other, path_ + ".new");
  ASSERT_TRUE(replace_file(path_, "x"));
  std::filesystem::create_symlink(other, path_ + ".new");
  ASSERT_TRUE(replace_file(path_, "y"));
  ASSERT_EQ(mkfifo((path_ + ".new").c_str(), 0600), 0);
  ASSERT_TRUE(replace_file(path_, "z"));  // would wait for a reader of the pipe
  EXPECT_EQ(*read_file(path_, 100), "z");
  EXPECT_EQ(*read_file(other, 100), "precious");
}

TEST_F(FileTest, NamesWhatItCannotReplace) {
  const std::string path = path_ + "/below";
  EXPECT_EQ(replace_file(path, "x").error().message, path + ".new: No such file or directory");
}

}  // namespace
}  // namespace pppol2tp
