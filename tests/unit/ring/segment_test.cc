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
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

#include "tests/unit/ring/memory_ring.h"
#include "tests/unit/ring/temporary_directory.h"

namespace pppol2tp::ring {

// How a failing test shows a status.
void PrintTo(SegmentStatus status, std::ostream* out) {
  *out << to_text(status);
}

}  // namespace pppol2tp::ring

namespace pppol2tp::ring::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr gid_t kSomeGroup = 4242;
constexpr uid_t kSomebody = 4243;

// Writes over some bytes of a file.
template <typename Value>
void patch(const std::string& path, std::size_t offset, Value value) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(reinterpret_cast<const char*>(&value), sizeof value);
  ASSERT_TRUE(file.flush());
}

// What `body` returns in a process of its own; -1: the process died.
int in_child(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int as_number(SegmentStatus status) {
  return static_cast<int>(status);
}

std::vector<std::string> open_descriptors() {
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

  // Both ends refuse the file, with the same reason.
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

// Gives files away, mounts, becomes somebody else.
class SegmentAsRootTest : public SegmentTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "must run as root";
  }
};

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

// Somebody who may write to a directory can place a link there before it becomes root's alone.
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

// A mount namespace of the child's own, with a file system of one mebibyte in the directory's
// place.
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
  const int directory = open(directory_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(flock(directory, LOCK_EX), 0);
  Segment segment;
  EXPECT_EQ(segment.open_for_writing(directory_.ring().c_str(), &kTinyGeometry),
            SegmentStatus::being_made);
  EXPECT_TRUE(directory_.names().empty());
  EXPECT_EQ(segment.open_for_writing(directory_.ring().c_str(), &kTinyGeometry),
            SegmentStatus::attached);
  close(directory);
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
