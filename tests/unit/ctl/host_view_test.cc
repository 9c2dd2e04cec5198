#include "agent/ctl/host_view.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "plugin/ring/publisher.h"
#include "tests/support/temporary_directory.h"

namespace pppol2tp::ctl {
namespace {

constexpr ring::Geometry kGeometry{64, 16};

// A session that began and ended.
void leave_one_behind(const std::string& ring_path, std::uint32_t session_id) {
  ring::SessionIdentity who{};
  who.netns = 1;
  who.tunnel_id = 10;
  who.session_id = session_id;
  who.pid = static_cast<std::uint32_t>(getpid());
  ring::Publisher publisher;
  ASSERT_EQ(publisher.open(ring_path.c_str(), who, &kGeometry), ring::SegmentStatus::attached);
  ring::EndSection end{};
  end.ended_ns = ring::now_ns();
  end.cause = ring::Cause::peer_request;
  publisher.publish(end);
}

TEST(HostView, SessionsThatEndedAreKeptForSomeTimeByWhoGoesOnLooking) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path() + "/ring";
  leave_one_behind(path, 20);
  const auto view = HostView::open(path);
  ASSERT_TRUE(view) << view.error().message;
  leave_one_behind(path, 21);
  ASSERT_TRUE((*view)->refresh(HostView::moment().now_ns));
  EXPECT_EQ((*view)->sessions().size(), 2u);
  ASSERT_TRUE((*view)->refresh(HostView::moment().now_ns + HostView::kEndedAreKeptNs));
  EXPECT_EQ((*view)->sessions().size(), 0u);
}

TEST(HostView, RingThatIsNotThereIsAnErrorThatSaysWhatToDo) {
  const test::TemporaryDirectory directory;
  const auto view = HostView::open(directory.path() + "/ring");
  ASSERT_FALSE(view);
  EXPECT_NE(view.error().message.find("pppol2tpctl check"), std::string::npos)
      << view.error().message;
}

TEST(HostView, RingInTheWorkingDirectoryHasADirectory) {
  const std::string message = cannot_read("ring", ring::SegmentStatus::absent).message;
  EXPECT_EQ(message.find("directory is missing"), std::string::npos) << message;
}

}  // namespace
}  // namespace pppol2tp::ctl
