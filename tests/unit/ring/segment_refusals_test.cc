// Files that neither a writer nor a reader accepts as its ring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/ring/segment_fixture.h"

namespace pppol2tp::ring::test {
namespace {

using testing::IsEmpty;

TEST_F(SegmentTest, NeedsItsDirectory) {
  ASSERT_EQ(rmdir(directory_.path().c_str()), 0);
  EXPECT_EQ(write(), SegmentStatus::no_directory);
  EXPECT_EQ(read(), SegmentStatus::absent);
}

TEST_F(SegmentTest, RefusesANameWithoutADirectoryOrWithoutAFile) {
  Segment segment;
  for (const char* path : {"", "ring", "/dev/shm/"}) {
    errno = 0;
    EXPECT_EQ(segment.open_for_writing(path, &kTinyGeometry), SegmentStatus::system_error) << path;
    EXPECT_EQ(errno, EINVAL);
  }
}

TEST_F(SegmentTest, RefusesADirectoryThatIsAFile) {
  std::ofstream(directory_.ring()) << "x";
  Segment segment;
  const std::string below = directory_.ring() + "/ring";
  EXPECT_EQ(segment.open_for_writing(below.c_str(), &kTinyGeometry), SegmentStatus::no_directory);
}

TEST_F(SegmentAsRootTest, RefusesADirectoryOfSomebodyElse) {
  ASSERT_EQ(chown(directory_.path().c_str(), kSomebody, static_cast<gid_t>(-1)), 0);
  EXPECT_EQ(write(), SegmentStatus::wrong_owner);
  EXPECT_THAT(directory_.names(), IsEmpty());
}

TEST_F(SegmentTest, RefusesADirectoryThatOthersMayWriteTo) {
  for (const mode_t mode : {0770, 0707, 01777}) {
    ASSERT_EQ(chmod(directory_.path().c_str(), mode), 0);
    EXPECT_EQ(write(), SegmentStatus::wrong_mode) << std::oct << mode;
  }
  EXPECT_THAT(directory_.names(), IsEmpty());
}

TEST_F(SegmentAsRootTest, RefusesAFileOfSomebodyElse) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  ASSERT_EQ(chown(directory_.ring().c_str(), kSomebody, static_cast<gid_t>(-1)), 0);
  EXPECT_EQ(write(), SegmentStatus::wrong_owner);
}

TEST_F(SegmentTest, RefusesAFileThatOthersMayWriteTo) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  for (const mode_t mode : {0660, 0602}) {
    ASSERT_EQ(chmod(directory_.ring().c_str(), mode), 0);
    EXPECT_EQ(write(), SegmentStatus::wrong_mode) << std::oct << mode;
  }
}

TEST_F(SegmentAsRootTest, IsNotPermittedToThoseWhoMayNotReadIt) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  ASSERT_EQ(chmod(directory_.path().c_str(), 0755), 0);
  const int status = in_child([&] {
    if (setgid(kSomeGroup) != 0 || setuid(kSomebody) != 0) return -2;
    return as_number(read());
  });
  EXPECT_EQ(status, as_number(SegmentStatus::not_permitted));
}

TEST_F(SegmentTest, RefusesASymbolicLink) {
  TemporaryDirectory elsewhere;
  const std::string target = elsewhere.ring();
  ASSERT_EQ(symlink(target.c_str(), directory_.ring().c_str()), 0);
  expect_both(SegmentStatus::not_a_file);
  EXPECT_THAT(elsewhere.names(), IsEmpty());
  Segment segment;
  ASSERT_EQ(segment.open_for_writing(target.c_str(), &kTinyGeometry), SegmentStatus::attached);
  expect_both(SegmentStatus::not_a_file);
}

// A user who may write to a directory can put a link there before the directory becomes root's
// alone.
TEST_F(SegmentTest, RefusesToWriteAFileThatHasAnotherNameSomewhere) {
  TemporaryDirectory elsewhere;
  ASSERT_EQ(create(), SegmentStatus::attached);
  ASSERT_EQ(link(directory_.ring().c_str(), elsewhere.ring().c_str()), 0);
  EXPECT_EQ(write(), SegmentStatus::many_names);
  EXPECT_EQ(read(), SegmentStatus::attached);
  ASSERT_EQ(unlink(elsewhere.ring().c_str()), 0);
  EXPECT_EQ(write(), SegmentStatus::attached);
}

TEST_F(SegmentTest, LeavesAFileOfAnythingElseAsItIsWhenItStandsInItsPlace) {
  const std::string secret(kRecordsOffset * 2, 's');
  std::ofstream(directory_.ring()) << secret;
  ASSERT_EQ(chmod(directory_.ring().c_str(), 0600), 0);
  expect_both(SegmentStatus::bad_geometry);
  std::ifstream file(directory_.ring());
  const std::string now((std::istreambuf_iterator<char>(file)), {});
  EXPECT_TRUE(now == secret);
}

TEST_F(SegmentTest, RefusesADirectoryThatIsASymbolicLink) {
  TemporaryDirectory elsewhere;
  const std::string link = directory_.path() + "/link";
  ASSERT_EQ(symlink(elsewhere.path().c_str(), link.c_str()), 0);
  Segment segment;
  EXPECT_EQ(segment.open_for_writing((link + "/ring").c_str(), &kTinyGeometry),
            SegmentStatus::no_directory);
  EXPECT_THAT(elsewhere.names(), IsEmpty());
}

TEST_F(SegmentTest, RefusesADirectoryInItsPlace) {
  ASSERT_EQ(mkdir(directory_.ring().c_str(), 0700), 0);
  expect_both(SegmentStatus::not_a_file);
}

TEST_F(SegmentTest, RefusesAPipeInItsPlaceWithoutWaitingForItsOtherEnd) {
  ASSERT_EQ(mkfifo(directory_.ring().c_str(), 0600), 0);
  expect_both(SegmentStatus::not_a_file);
}

TEST_F(SegmentTest, RefusesAnEmptyFile) {
  std::ofstream(directory_.ring()) << "";
  expect_both(SegmentStatus::too_short);
}

TEST_F(SegmentTest, RefusesAFileThatWasCutOff) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  for (const std::uint64_t size :
       {Segment::file_bytes(kTinyGeometry) - 1, std::uint64_t{100'001},
        std::uint64_t{kRecordsOffset}, std::uint64_t{kRecordsOffset} - 1, std::uint64_t{1}}) {
    ASSERT_EQ(truncate(directory_.ring().c_str(), static_cast<off_t>(size)), 0);
    expect_both(SegmentStatus::too_short);
  }
}

TEST_F(SegmentTest, LeavesNoMappingBehindWhenItRefusesAFile) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  ASSERT_EQ(truncate(directory_.ring().c_str(), 100'001), 0);
  const auto mapped_kib = [] {
    std::ifstream file("/proc/self/statm");
    long pages = 0;
    file >> pages;
    return pages * 4;
  };
  read();
  const long before = mapped_kib();
  for (int i = 0; i < 20; ++i) read();
  EXPECT_LT(mapped_kib() - before, 2048);
}

TEST_F(SegmentTest, IsNotReadyBeforeItsLastWordIsWritten) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  patch(directory_.ring(), offsetof(Info, magic), std::uint64_t{0});
  expect_both(SegmentStatus::not_ready);
}

TEST_F(SegmentTest, RefusesAFileOfSomethingElse) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  patch(directory_.ring(), offsetof(Info, magic), kMagic + 1);
  expect_both(SegmentStatus::bad_geometry);
}

TEST_F(SegmentTest, RefusesAnotherMajorButNoOtherMinor) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  patch(directory_.ring(), offsetof(Info, layout_minor), std::uint16_t{99});
  expect_both(SegmentStatus::attached);
  patch(directory_.ring(), offsetof(Info, layout_major), std::uint16_t{kLayoutMajor + 1});
  expect_both(SegmentStatus::wrong_major);
}

TEST_F(SegmentTest, RefusesEveryHeaderThatMakesNoSense) {
  struct Change {
    std::size_t offset;
    std::uint32_t value;
  };
  for (const Change change : {Change{offsetof(Info, record_slots), 0},
                              {offsetof(Info, record_slots), 8},
                              {offsetof(Info, record_slots), 17},
                              {offsetof(Info, record_slots), kMaxRecordSlots * 2},
                              {offsetof(Info, record_slots), 0x80000000},
                              {offsetof(Info, session_slots), 0},
                              {offsetof(Info, session_slots), 3},
                              {offsetof(Info, session_slots), kMaxSessionSlots * 2},
                              {offsetof(Info, record_stride), 0},
                              {offsetof(Info, record_stride), 512},
                              {offsetof(Info, session_stride), 1},
                              {offsetof(Info, records_offset), 0},
                              {offsetof(Info, sessions_offset), 0xffffffff}}) {
    std::filesystem::remove(directory_.ring());
    ASSERT_EQ(create(), SegmentStatus::attached);
    patch(directory_.ring(), change.offset, change.value);
    expect_both(SegmentStatus::bad_geometry);
  }
}

TEST_F(SegmentTest, RefusesMoreSlotsThanTheFileHasRoomFor) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  patch(directory_.ring(), offsetof(Info, record_slots), std::uint32_t{1u << 20});
  patch(directory_.ring(), offsetof(Info, sessions_offset),
        std::uint64_t{kRecordsOffset + (std::uint64_t{1} << 20) * sizeof(RecordSlot)});
  expect_both(SegmentStatus::too_short);
}

}  // namespace
}  // namespace pppol2tp::ring::test
