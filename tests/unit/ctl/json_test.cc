#include "agent/ctl/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/records.h"

namespace pppol2tp::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Json, HasNumbersForWhatIsANumberAndTextForTheRest) {
  model::Session session;
  session.state.identity.tunnel_id = 7;
  session.state.identity.session_id = 8;
  session.state.identity.peer_tunnel_id = 4'000'000'000;
  session.state.identity.peer_session_id = 9;
  session.state.identity.pid = 1234;
  session.state.end.cause = ring::Cause::hangup;
  session.state.end.exit_status = 16;
  test::set_text(session.state.authentication.peer_name, "1001");
  const std::string json = to_json(session, {});
  for (const char* const part :
       {R"("id":"7/8")", R"("peer_tunnel_id":4000000000,)", R"("peer_session_id":9,)",
        R"("pid":1234,)", R"("end_exit_status":16,)", R"("user":"1001")"}) {
    EXPECT_THAT(json, HasSubstr(part));
  }
}

TEST(Json, LeavesOutWhatIsNotKnown) {
  model::Session session;
  session.is_without_plugin = true;
  session.state.end.cause = ring::Cause::hangup;
  session.state.end.exit_status = model::kNoExitStatus;
  const std::string json = to_json(session, {});
  for (const char* const name : {"\"pid\"", "\"role\"", "\"end_exit_status\"", "\"user\""}) {
    EXPECT_THAT(json, Not(HasSubstr(name)));
  }
}

}  // namespace
}  // namespace pppol2tp::ctl
