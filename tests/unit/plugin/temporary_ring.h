// A small ring in its own folder, and a reader of it, for tests of what was published.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "plugin/ring/events.h"
#include "plugin/ring/reader.h"
#include "plugin/ring/segment.h"

namespace pppol2tp {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "pppol2tp-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) {
      ADD_FAILURE() << "mkdtemp " << path;
    }
    path_ = path;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

class TemporaryRing {
 public:
  TemporaryRing() {
    constexpr ring::Geometry kTiny{256, 16};
    ring::Segment creator;
    EXPECT_EQ(creator.open_for_writing(path().c_str(), &kTiny), ring::SegmentStatus::attached);
    EXPECT_EQ(segment_.open_for_reading(path().c_str()), ring::SegmentStatus::attached);
  }

  std::string path() const { return folder_.file("ring"); }

  // All records since the ring was made.
  std::vector<ring::Record> records() const {
    std::vector<ring::Record> all;
    ring::Reader reader(segment_);
    reader.poll([&](const ring::Record& record) { all.push_back(record); }, 1000);
    return all;
  }

  // Their types, as one line of text.
  std::string story() const {
    std::string text;
    for (const ring::Record& record : records()) {
      text += (text.empty() ? "" : " ") + std::string(to_text(record.header.type));
    }
    return text;
  }

  // The state that they add up to.
  ring::SessionState state() const {
    ring::SessionState state{};
    for (const ring::Record& record : records()) {
      apply_body(record, state);
      state.identity = record.header.identity;
    }
    return state;
  }

 private:
  TemporaryFolder folder_;
  ring::Segment segment_;
};

}  // namespace pppol2tp
