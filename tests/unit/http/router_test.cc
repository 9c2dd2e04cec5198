#include "agent/http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "agent/base/log.h"
#include "tests/unit/http/client.h"

namespace pppol2tp::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StringOutput final : public Output {
 public:
  explicit StringOutput(bool takes_anything) : takes_anything_(takes_anything) {}
  bool write(std::string_view bytes) override {
    if (takes_anything_) all_ += bytes;
    return takes_anything_;
  }
  const std::string& all() const { return all_; }

 private:
  bool takes_anything_;
  std::string all_;
};

class RouterTest : public testing::Test {
 protected:
  void SetUp() override {
    router_.add("/metrics", Methods::read,
                [](const Request&, ResponseWriter& response) { response.send("metrics"); });
    router_.add("/-/reload", Methods::change,
                [](const Request&, ResponseWriter& response) { response.send("reloaded"); });
  }

  Response ask(const Request& request, bool takes_anything = true) {
    StringOutput output(takes_anything);
    router_.dispatch(request, output);
    return parse_response(output.all());
  }
  Response get(std::string_view path) { return ask({.method = "GET", .path = path}); }

  RouteCounts counts_of(std::string_view path) {
    for (const RouteCounts& counts : router_.counts()) {
      if (counts.path == path) return counts;
    }
    return {};
  }

  Router router_;
};

TEST_F(RouterTest, AsksTheHandlerOfThePath) {
  EXPECT_EQ(get("/metrics").body, "metrics");
  EXPECT_EQ(get("/metrics").status, 200);
}

TEST_F(RouterTest, HandsTheRequestOn) {
  router_.add("/echo", Methods::read, [](const Request& request, ResponseWriter& response) {
    response.send(std::string(request.query) + request.header("X-A"));
  });
  const Request request{
      .method = "GET", .path = "/echo", .query = "a=1", .headers = {{"x-a", "b"}}};
  EXPECT_EQ(ask(request).body, "a=1b");
}

TEST_F(RouterTest, TakesPathsExactlyAsTheyAre) {
  for (const char* path : {"", "/", "/metric", "/metrics/", "/metrics/x", "//metrics", "/Metrics",
                           "/metrics%00", "/%6detrics", "/x/../metrics", "/./metrics", "metrics"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(RouterTest, ServesOnlyGetAndHeadWhereThingsAreRead) {
  EXPECT_EQ(ask({.method = "HEAD", .path = "/metrics"}).status, 200);
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", ""}) {
    const Response response = ask({.method = method, .path = "/metrics"});
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.header("Allow"), "GET, HEAD");
  }
}

TEST_F(RouterTest, ServesOnlyPostAndPutWhereThingsAreChanged) {
  EXPECT_EQ(ask({.method = "POST", .path = "/-/reload"}).body, "reloaded");
  EXPECT_EQ(ask({.method = "PUT", .path = "/-/reload"}).body, "reloaded");
  const Response response = get("/-/reload");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.header("Allow"), "POST, PUT");
}

TEST_F(RouterTest, RefusesBodies) {
  const auto status_with = [&](Header header) {
    return ask({.method = "GET", .path = "/metrics", .headers = {header}}).status;
  };
  EXPECT_EQ(status_with({"content-length", "5"}), 400);
  EXPECT_EQ(status_with({"Content-Length", "-1"}), 400);
  EXPECT_EQ(status_with({"Content-Length", "00"}), 400);
  EXPECT_EQ(status_with({"Transfer-Encoding", "chunked"}), 400);
  EXPECT_EQ(status_with({"transfer-encoding", "identity"}), 400);
  EXPECT_EQ(status_with({"Content-Length", "0"}), 200);
}

TEST_F(RouterTest, RefusesTwoLengthsEvenIfEachIsZero) {
  const Request request{.method = "GET",
                        .path = "/metrics",
                        .headers = {{"Content-Length", "0"}, {"Content-Length", "0"}}};
  EXPECT_EQ(ask(request).status, 400);
}

TEST_F(RouterTest, AnswersAFailedHandlerBy500AndOneLineOfLog) {
  router_.add("/fails", Methods::read, [](const Request&, ResponseWriter& response) {
    response.set_header("X-A", "1");
    throw std::runtime_error("no idea");
  });
  const log::Capture log;
  const Response response = ask({.method = "GET", .path = "/fails", .client_address = "192.0.2.1"});
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.header("X-A"), std::nullopt);
  EXPECT_THAT(log.lines(),
              ElementsAre("level=error msg=\"HTTP request failed\" path=/fails client=192.0.2.1 "
                          "error=\"no idea\""));
}

TEST_F(RouterTest, SurvivesAHandlerThatThrowsSomethingOdd) {
  router_.add("/fails", Methods::read, [](const Request&, ResponseWriter&) { throw 5; });
  const log::Capture log;
  EXPECT_EQ(get("/fails").status, 500);
  EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("unknown type")));
}

TEST_F(RouterTest, LeavesAnAnswerWithoutItsEndWhenItsHandlerFailsHalfway) {
  router_.add("/fails", Methods::read, [](const Request&, ResponseWriter& response) {
    response.begin(std::nullopt);
    response.write(std::string(100'000, 'x'));
    throw std::runtime_error("no idea");
  });
  const log::Capture log;
  const Response response = get("/fails");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(joined_chunks(response.body), std::nullopt);
  EXPECT_THAT(log.lines(), SizeIs(1));
  EXPECT_EQ(counts_of("/fails").answers[4], 1U);
  EXPECT_EQ(counts_of("/fails").unfinished, 1U);
}

TEST_F(RouterTest, RefusesEverythingWhileItIsClosed) {
  router_.set_closed(true);
  EXPECT_EQ(get("/metrics").status, 503);
  EXPECT_EQ(get("/nowhere").status, 503);
  router_.set_closed(false);
  EXPECT_EQ(get("/metrics").status, 200);
}

TEST_F(RouterTest, CountsAnswersByRouteAndClassOfStatus) {
  get("/metrics");
  get("/metrics");
  ask({.method = "POST", .path = "/metrics"});
  get("/nowhere");
  EXPECT_THAT(counts_of("/metrics").answers, ElementsAre(0, 2, 0, 1, 0));
  EXPECT_THAT(counts_of("/-/reload").answers, ElementsAre(0, 0, 0, 0, 0));
  EXPECT_THAT(counts_of("").answers, ElementsAre(0, 0, 0, 1, 0));
}

TEST_F(RouterTest, CountsAnswersThatTheirClientDidNotTake) {
  ask({.method = "GET", .path = "/metrics"}, /*takes_anything=*/false);
  EXPECT_THAT(counts_of("/metrics").answers, ElementsAre(0, 1, 0, 0, 0));
  EXPECT_EQ(counts_of("/metrics").unfinished, 1U);
}

TEST_F(RouterTest, AnswersAndCountsWhatIsNoRequest) {
  StringOutput output(/*takes_anything=*/true);
  router_.refuse(431, "too much", output);
  const Response response = parse_response(output.all());
  EXPECT_EQ(response.status, 431);
  EXPECT_EQ(response.body, "too much\n");
  EXPECT_THAT(counts_of("").answers, ElementsAre(0, 0, 0, 1, 0));
}

TEST_F(RouterTest, LogsNothingForWhatClientsDoWrong) {
  const log::Capture log;
  get("/nowhere");
  ask({.method = "DELETE", .path = "/metrics"});
  EXPECT_THAT(log.lines(), IsEmpty());
}

}  // namespace
}  // namespace pppol2tp::http
