#include <cstdio>
#include <cstdlib>

#include "agent/base/guarded.h"
#include "agent/http/server.h"
#include "agent/metrics/exposition.h"
#include "agent/scrape.h"
#include "tests/bench/exposition/servers.h"

namespace pppol2tp::bench {
namespace {

// The agent's own sink, with its time measured on demand. It only sends.
class MeasuredSink final : public metrics::Sink {
 public:
  MeasuredSink(http::ResponseWriter& response, WorkMeter& sending)
      : sink_(response), sending_(sending) {}

  bool write(std::span<char> piece) override {
    return sending_.measure([&] { return sink_.write(piece); });
  }
  bool write_last(std::span<char> piece) override {
    return sending_.measure([&] { return sink_.write_last(piece); });
  }
  bool flush() override {
    return sending_.measure([&] { return sink_.flush(); });
  }

 private:
  ResponseSink sink_;
  WorkMeter& sending_;
};

// The agent's own server and exposition, over a model that only step() changes.
class Ours final : public Candidate {
 public:
  Ours(std::uint32_t sessions, std::uint16_t port)
      : model_(sessions), server_({.listen = {"127.0.0.1:" + std::to_string(port)}}) {
    server_.route("/metrics", http::Methods::read,
                  [this](const http::Request& request, http::ResponseWriter& response) {
                    answer(request, response);
                  });
    if (const auto started = server_.start(); !started) {
      std::fprintf(stderr, "%s\n", started.error().message.c_str());
      std::exit(1);
    }
  }
  ~Ours() override { server_.stop(); }

  void step() override { model_.lock()->step(); }
  void start_meter() override { sending_.start(); }
  std::uint64_t sending_ns() override { return sending_.stop(); }

 private:
  void answer(const http::Request& request, http::ResponseWriter& response) {
    const auto scrape = parse_scrape(request, metrics::families_of(metrics::Detail::everything));
    if (!scrape) return response.set_status(400);
    set_headers(response, *scrape);
    response.begin(std::nullopt);
    MeasuredSink sink(response, sending_);
    exposition_.write(model_.lock()->snapshot(), metrics::AgentFacts(), *scrape, sink);
  }

  Guarded<FilledModel> model_;
  metrics::Exposition exposition_;
  WorkMeter sending_;
  http::Server server_;
};

}  // namespace

std::unique_ptr<Candidate> serve_ours(std::uint32_t sessions, std::uint16_t port) {
  return std::make_unique<Ours>(sessions, port);
}

}  // namespace pppol2tp::bench
