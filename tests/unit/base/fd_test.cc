#include "agent/base/fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace pppol2tp {
namespace {

bool is_open(int descriptor) {
  return ::fcntl(descriptor, F_GETFD) != -1;
}

int open_null() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST(Fd, ClosesItsDescriptorWhenItGoes) {
  const int number = open_null();
  ASSERT_GE(number, 0);
  { const Fd fd(number); }
  EXPECT_FALSE(is_open(number));
}

TEST(Fd, ConstructedEmptyHoldsNothing) {
  const Fd fd;
  EXPECT_FALSE(fd);
  EXPECT_EQ(fd.get(), -1);
}

TEST(Fd, MovesOwnership) {
  Fd first(open_null());
  const int number = first.get();
  Fd second(std::move(first));
  EXPECT_EQ(second.get(), number);
  EXPECT_TRUE(is_open(number));
}

TEST(Fd, AssignedToClosesWhatItHeld) {
  Fd first(open_null());
  Fd second(open_null());
  const int old_number = first.get();
  const int number = second.get();
  first = std::move(second);
  EXPECT_FALSE(is_open(old_number));
  EXPECT_EQ(first.get(), number);
}

TEST(Fd, SurvivesAssignmentToItself) {
  Fd fd(open_null());
  Fd& same = fd;
  fd = std::move(same);
  EXPECT_TRUE(is_open(fd.get()));
}

TEST(Fd, ReleasedDescriptorStaysOpen) {
  Fd fd(open_null());
  const int number = fd.release();
  EXPECT_FALSE(fd);
  EXPECT_TRUE(is_open(number));
  ::close(number);
}

}  // namespace
}  // namespace pppol2tp
