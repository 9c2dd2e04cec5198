// The agent's HTTP routes. They run on HTTP threads, which ask the loop for the data to show.
#include <future>
#include <utility>

#include "agent/agent.h"
#include "agent/base/clock.h"
#include "agent/pages/landing_page.h"
#include "agent/pages/style.h"
#include "agent/scrape.h"

namespace pppol2tp {
namespace {

using namespace std::chrono_literals;

constexpr auto kLoopPatience = 5s;

void answer_text(http::ResponseWriter& response, int status, std::string_view text) {
  response.set_status(status);
  response.set_content_type("text/plain; charset=utf-8");
  response.send(text);
}

}  // namespace

std::optional<Agent::Picture> Agent::ask_for_picture() {
  auto promise = std::make_shared<std::promise<Picture>>();
  auto answer = promise->get_future();
  loop_->post([this, promise] { promise->set_value(picture()); });
  if (answer.wait_for(kLoopPatience) != std::future_status::ready) return std::nullopt;
  return answer.get();
}

void Agent::add_routes() {
  using http::Methods;
  using http::Request;
  using http::ResponseWriter;
  server_.route("/", Methods::read, [this](const Request&, ResponseWriter& response) {
    answer_landing_page(response);
  });
  server_.route("/style.css", Methods::read, [](const Request&, ResponseWriter& response) {
    response.set_content_type("text/css; charset=utf-8");
    response.send(pages::style_sheet());
  });
  server_.route("/metrics", Methods::read,
                [this](const Request& request, ResponseWriter& response) {
                  answer_metrics(request, response);
                });
  server_.route("/-/healthy", Methods::read, [](const Request&, ResponseWriter& response) {
    answer_text(response, 200, "healthy\n");
  });
  server_.route("/-/ready", Methods::read, [this](const Request&, ResponseWriter& response) {
    const bool ready = is_ready_;
    answer_text(response, ready ? 200 : 503, ready ? "ready\n" : "not ready\n");
  });
  server_.route("/-/reload", Methods::change,
                [this](const Request&, ResponseWriter& response) { answer_reload(response); });
}

void Agent::answer_metrics(const http::Request& request, http::ResponseWriter& response) {
  const auto scrape = parse_scrape(request, *shown_families_.lock());
  if (!scrape) return answer_text(response, 400, concat(scrape.error().message, "\n"));
  auto shown = ask_for_picture();
  if (!shown) return answer_text(response, 503, "the agent is busy\n");
  shown->facts.process = metrics::process_facts();
  for (const http::RouteCounts& route : server_.counts().routes) {
    for (std::size_t i = 0; i < route.answers.size(); ++i) {
      if (route.answers[i] == 0) continue;
      shown->facts.http_requests.push_back(
          {route.path.empty() ? "other" : route.path, concat(i + 1, "xx"), route.answers[i]});
    }
  }
  set_headers(response, *scrape);
  response.begin(std::nullopt);
  if (response.is_head()) return;
  ResponseSink sink(response);
  exposition_.write(std::move(shown->snapshot), shown->facts, *scrape, sink);
}

void Agent::answer_landing_page(http::ResponseWriter& response) {
  auto shown = ask_for_picture();
  if (!shown) return answer_text(response, 503, "the agent is busy\n");
  response.set_content_type("text/html; charset=utf-8");
  response.send(pages::landing_page(std::move(shown->snapshot), shown->facts));
}

void Agent::answer_reload(http::ResponseWriter& response) {
  if (!reload_limiter_.allows(system_clock().monotonic())) {
    response.set_header("Retry-After", "1");
    return answer_text(response, 429, "too many reloads: the agent allows one a second\n");
  }
  auto promise = std::make_shared<std::promise<Result<void>>>();
  auto answer = promise->get_future();
  loop_->post([this, promise] { promise->set_value(reload()); });
  if (answer.wait_for(kLoopPatience) != std::future_status::ready) {
    return answer_text(response, 503, "the agent is busy\n");
  }
  const auto result = answer.get();
  if (!result) return answer_text(response, 500, concat(result.error().message, "\n"));
  answer_text(response, 200, "reloaded\n");
}

}  // namespace pppol2tp
