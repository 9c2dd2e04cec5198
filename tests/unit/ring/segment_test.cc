#include "plugin/ring/segment.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "tests/unit/ring/segment_fixture.h"

namespace pppol2tp::ring::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(SegmentTest, IsAbsentToAReaderUntilAWriterMakesIt) {
  EXPECT_EQ(read(), SegmentStatus::absent);
  EXPECT_EQ(create(), SegmentStatus::attached);
  EXPECT_EQ(read(), SegmentStatus::attached);
}

TEST_F(SegmentTest, IsMadeWholeWithAllItsBytesAllocated) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  const struct stat status = file();
  EXPECT_EQ(static_cast<std::uint64_t>(status.st_size), Segment::file_bytes(kTinyGeometry));
  EXPECT_EQ(status.st_size % kHugePageBytes, 0u);
  EXPECT_GE(status.st_blocks * 512, status.st_size);
}

TEST_F(SegmentAsRootTest, BelongsToItsDirectorysGroupWhichMayOnlyRead) {
  ASSERT_EQ(chown(directory_.path().c_str(), static_cast<uid_t>(-1), kSomeGroup), 0);
  const mode_t mask = umask(0077);
  const SegmentStatus created = create();
  umask(mask);
  ASSERT_EQ(created, SegmentStatus::attached);
  EXPECT_EQ(file().st_gid, kSomeGroup);
  EXPECT_EQ(file().st_mode & 07777, 0640u);
}

TEST_F(SegmentTest, IsSharedByAllWhoOpenIt) {
  Segment first;
  Segment second;
  Segment reader;
  ASSERT_EQ(write_open(first), SegmentStatus::attached);
  ASSERT_EQ(write_open(second), SegmentStatus::attached);
  ASSERT_EQ(reader.open_for_reading(directory_.ring().c_str()), SegmentStatus::attached);
  EXPECT_NE(first.epoch(), 0u);
  EXPECT_EQ(second.epoch(), first.epoch());
  EXPECT_EQ(reader.epoch(), first.epoch());
  Reader tail(reader);
  Writer(first).publish(numbered_record(1, 1));
  Writer(second).publish(numbered_record(2, 2));
  EXPECT_THAT(take_numbers(tail), ElementsAre(1, 2));
}

TEST_F(SegmentTest, KeepsItsGeometryWhateverLaterOpenersWant) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  constexpr Geometry kOther{32, 32};
  Segment segment;
  ASSERT_EQ(segment.open_for_writing(directory_.ring().c_str(), &kOther), SegmentStatus::attached);
  EXPECT_EQ(segment.geometry(), kTinyGeometry);
}

TEST_F(SegmentTest, OfTwoFilesHaveDifferentEpochs) {
  Segment first;
  ASSERT_EQ(write_open(first), SegmentStatus::attached);
  ASSERT_EQ(unlink(directory_.ring().c_str()), 0);
  Segment second;
  ASSERT_EQ(write_open(second), SegmentStatus::attached);
  EXPECT_NE(second.epoch(), first.epoch());
}

TEST_F(SegmentTest, LeavesNothingElseInItsDirectoryAndNoDescriptorOpen) {
  const auto before = open_descriptors();
  Segment writer;
  Segment reader;
  ASSERT_EQ(write_open(writer), SegmentStatus::attached);
  ASSERT_EQ(reader.open_for_reading(directory_.ring().c_str()), SegmentStatus::attached);
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_THAT(directory_.names(), ElementsAre("ring"));
}

TEST_F(SegmentTest, CannotBeMadeWritableByAReader) {
  ASSERT_EQ(create(), SegmentStatus::attached);
  Segment reader;
  ASSERT_EQ(reader.open_for_reading(directory_.ring().c_str()), SegmentStatus::attached);
  EXPECT_EQ(mprotect(&reader.control(), sizeof(Control), PROT_READ | PROT_WRITE), -1);
  EXPECT_EQ(errno, EACCES);
}

TEST_F(SegmentTest, IsNotMadeWithAGeometryThatMakesNoSense) {
  for (const Geometry geometry : {Geometry{0, 16},
                                  {8, 16},
                                  {48, 16},
                                  {16, 0},
                                  {16, 3},
                                  {kMaxRecordSlots * 2, 16},
                                  {16, kMaxSessionSlots * 2}}) {
    Segment segment;
    EXPECT_EQ(segment.open_for_writing(directory_.ring().c_str(), &geometry),
              SegmentStatus::bad_geometry);
  }
  EXPECT_THAT(directory_.names(), IsEmpty());
}

// In its own mount namespace, with a file system of one mebibyte in place of the directory.
TEST_F(SegmentAsRootTest, IsNotMadeWhereThereIsNoSpaceForAllOfIt) {
  const int status = in_child([&] {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("none", directory_.path().c_str(), "tmpfs", 0, "size=1m,mode=0700") != 0) {
      return -2;
    }
    const int made = as_number(write());
    return directory_.names().empty() ? made : -3;
  });
  EXPECT_EQ(status, as_number(SegmentStatus::no_space));
}

TEST_F(SegmentTest, IsNotMadeBeyondTheLimitForFileSizesWhichWouldEndTheProcess) {
  const int status = in_child([&] {
    const rlimit limit{1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return -2;
    return as_number(write());
  });
  EXPECT_EQ(status, as_number(SegmentStatus::no_space));
}

TEST_F(SegmentAsRootTest, IsMadeWhereProcIsMissing) {
  const int status = in_child([&] {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("none", "/proc", "tmpfs", 0, "size=4k") != 0) {
      return -2;
    }
    return as_number(write());
  });
  EXPECT_EQ(status, as_number(SegmentStatus::attached));
}

TEST_F(SegmentTest, IsMadeAtTheSecondTryThoughSomebodyKeepsTheTurnToCreateForever) {
  const int lock = open((directory_.ring() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  Segment segment;
  EXPECT_EQ(segment.open_for_writing(directory_.ring().c_str(), &kTinyGeometry),
            SegmentStatus::being_made);
  EXPECT_THAT(directory_.names(), ElementsAre("ring.lock"));
  EXPECT_EQ(segment.open_for_writing(directory_.ring().c_str(), &kTinyGeometry),
            SegmentStatus::attached);
  close(lock);
}

// Whoever may read the directory can lock it.
TEST_F(SegmentTest, IsMadeAtOnceThoughAReaderLocksTheDirectory) {
  const int directory = open(directory_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(flock(directory, LOCK_EX), 0);
  Segment segment;
  EXPECT_EQ(segment.open_for_writing(directory_.ring().c_str(), &kTinyGeometry),
            SegmentStatus::attached);
  EXPECT_THAT(directory_.names(), ElementsAre("ring"));
  close(directory);
}

// As a creator leaves it that was killed.
TEST_F(SegmentTest, IsMadeAtOnceWhereALockFileWasLeftBehind) {
  close(open((directory_.ring() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  Segment segment;
  EXPECT_EQ(segment.open_for_writing(directory_.ring().c_str(), &kTinyGeometry),
            SegmentStatus::attached);
  EXPECT_THAT(directory_.names(), ElementsAre("ring"));
}

TEST_F(SegmentTest, IsReplacedWhenItsNameIsGoneOrStandsForAnotherFile) {
  const std::string path = directory_.ring();
  Segment segment;
  ASSERT_EQ(write_open(segment), SegmentStatus::attached);
  EXPECT_FALSE(segment.is_replaced(path.c_str()));
  ASSERT_EQ(unlink(path.c_str()), 0);
  EXPECT_TRUE(segment.is_replaced(path.c_str()));
  Segment next;
  ASSERT_EQ(write_open(next), SegmentStatus::attached);
  EXPECT_TRUE(segment.is_replaced(path.c_str()));
  EXPECT_FALSE(next.is_replaced(path.c_str()));
}

TEST_F(SegmentTest, IsReplacedOnceItIsMarkedAsRetired) {
  Segment segment;
  ASSERT_EQ(write_open(segment), SegmentStatus::attached);
  patch(directory_.ring(), offsetof(Info, retired), std::uint32_t{1});
  EXPECT_TRUE(segment.is_replaced(directory_.ring().c_str()));
}

TEST_F(SegmentTest, MovesToItsNewOwner) {
  Segment first;
  ASSERT_EQ(write_open(first), SegmentStatus::attached);
  const std::uint64_t epoch = first.epoch();
  Segment second = std::move(first);
  EXPECT_FALSE(first.is_open());
  ASSERT_TRUE(second.is_open());
  EXPECT_EQ(second.epoch(), epoch);
  EXPECT_FALSE(second.is_replaced(directory_.ring().c_str()));
  Segment third;
  ASSERT_EQ(third.open_for_reading(directory_.ring().c_str()), SegmentStatus::attached);
  third = std::move(second);
  Writer(third).publish(numbered_record(1, 1));
}

TEST_F(SegmentTest, CanBeOpenedAgainAfterAFailure) {
  Segment segment;
  EXPECT_EQ(segment.open_for_reading(directory_.ring().c_str()), SegmentStatus::absent);
  EXPECT_FALSE(segment.is_open());
  EXPECT_EQ(write_open(segment), SegmentStatus::attached);
  EXPECT_TRUE(segment.is_open());
}

TEST(SegmentOverBytes, NeedsEnoughOfThem) {
  MemoryRing ring;
  Segment segment;
  EXPECT_EQ(segment.open_over(ring.bytes(), 100), SegmentStatus::too_short);
  EXPECT_EQ(segment.open_over(ring.bytes(), ring.size() - 1), SegmentStatus::too_short);
  EXPECT_EQ(segment.open_over(ring.bytes(), ring.size()), SegmentStatus::attached);
}

TEST(SegmentStatuses, AllHaveATextOfTheirOwn) {
#define X(name, text) EXPECT_STREQ(to_text(SegmentStatus::name), text);
  PPPOL2TP_SEGMENT_STATUSES(X)
#undef X
  EXPECT_STREQ(to_text(static_cast<SegmentStatus>(200)), "unknown");
}

TEST(DefaultGeometry, FollowsTheHostsMemory) {
  EXPECT_EQ(default_geometry(4ull << 30), kSmallGeometry);
  EXPECT_EQ(default_geometry(16ull << 30), kLargeGeometry);
  EXPECT_EQ(Segment::file_bytes(kSmallGeometry), 18ull << 20);
  EXPECT_EQ(Segment::file_bytes(kLargeGeometry), 130ull << 20);
}

}  // namespace
}  // namespace pppol2tp::ring::test
