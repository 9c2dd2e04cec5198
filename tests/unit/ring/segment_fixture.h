// A file to create, to refuse and to tamper with.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "plugin/ring/segment.h"
#include "tests/unit/ring/memory_ring.h"
#include "tests/unit/ring/temporary_directory.h"

namespace pppol2tp::ring {

// How gtest prints a status.
inline void PrintTo(SegmentStatus status, std::ostream* out) {
  *out << to_text(status);
}

}  // namespace pppol2tp::ring

namespace pppol2tp::ring::test {

inline constexpr gid_t kSomeGroup = 4242;
inline constexpr uid_t kSomebody = 4243;

// Overwrites some bytes of a file.
template <typename Value>
void patch(const std::string& path, std::size_t offset, Value value) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(reinterpret_cast<const char*>(&value), sizeof value);
  ASSERT_TRUE(file.flush());
}

// Runs `body` in a child; returns its result, or -1 if the child died.
inline int in_child(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

inline int as_number(SegmentStatus status) {
  return static_cast<int>(status);
}

inline std::vector<std::string> open_descriptors() {
  std::vector<std::string> links;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    links.push_back(std::filesystem::read_symlink(entry.path(), gone));
  }
  std::sort(links.begin(), links.end());
  return links;
}

class SegmentTest : public testing::Test {
 protected:
  SegmentStatus write_open(Segment& segment) {
    return segment.open_for_writing(directory_.ring().c_str(), &kTinyGeometry);
  }
  SegmentStatus create() {
    Segment segment;
    return write_open(segment);
  }
  SegmentStatus read() {
    Segment segment;
    return segment.open_for_reading(directory_.ring().c_str());
  }
  SegmentStatus write() { return create(); }

  // Both sides refuse the file, for the same reason.
  void expect_both(SegmentStatus status) {
    EXPECT_EQ(read(), status);
    EXPECT_EQ(write(), status);
  }

  struct stat file() {
    struct stat status {};
    EXPECT_EQ(stat(directory_.ring().c_str(), &status), 0);
    return status;
  }

  TemporaryDirectory directory_;
};

// For tests that change owners, mount, or change the user id.
class SegmentAsRootTest : public SegmentTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "must run as root";
  }
};

}  // namespace pppol2tp::ring::test
