// prometheus-cpp's exposer with its two sources: a registry of gauges, which most of its users
// have, and a Collectable that builds the families at each scrape.
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <map>
#include <sstream>
#include <vector>

#include "tests/bench/exposition/servers.h"

namespace pppol2tp::bench {
namespace {

struct Series {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
  bool changes = false;
};

// Parses our own exposition; its labels contain no escapes.
std::vector<Series> series_of(std::uint32_t sessions) {
  FilledModel model(sessions);
  std::istringstream lines(text_of(model));
  std::vector<Series> all;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    Series series;
    std::size_t at = line.find_first_of("{ ");
    series.name = line.substr(0, at);
    while (line[at] != ' ') {
      const std::size_t equals = line.find('=', at);
      const std::size_t quote = line.find('"', equals + 2);
      series.labels[line.substr(at + 1, equals - at - 1)] =
          line.substr(equals + 2, quote - equals - 2);
      at = quote + 1;
      if (line[at] == '}') ++at;
    }
    series.value = std::stod(line.substr(at + 1));
    series.changes = series.labels.contains("session_id") && series.name.ends_with("_total");
    all.push_back(std::move(series));
  }
  return all;
}

std::string address(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

class OfRegistry final : public Candidate {
 public:
  OfRegistry(std::uint32_t sessions, std::uint16_t port)
      : registry_(std::make_shared<prometheus::Registry>()), exposer_(address(port)) {
    for (const Series& series : series_of(sessions)) {
      auto& family = prometheus::BuildGauge().Name(series.name).Help("help").Register(*registry_);
      auto& gauge = family.Add(series.labels);
      gauge.Set(series.value);
      if (series.changes) changing_.push_back(&gauge);
    }
    exposer_.RegisterCollectable(registry_);
  }
  void step() override {
    for (auto* gauge : changing_) gauge->Set(gauge->Value() + 1'234);
  }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  std::vector<prometheus::Gauge*> changing_;
  prometheus::Exposer exposer_;
};

class Families final : public prometheus::Collectable {
 public:
  explicit Families(std::uint32_t sessions) : series_(series_of(sessions)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> out;
    for (const Series& series : series_) {
      if (out.empty() || out.back().name != series.name) {
        out.push_back({series.name, "help", prometheus::MetricType::Gauge, {}});
      }
      auto& metric = out.back().metric.emplace_back();
      metric.label.reserve(series.labels.size());
      for (const auto& [name, value] : series.labels) metric.label.push_back({name, value});
      metric.gauge.value = series.value;
    }
    return out;
  }
  void step() {
    for (Series& series : series_) series.value += series.changes ? 1'234 : 0;
  }

 private:
  std::vector<Series> series_;
};

class OfCollectable final : public Candidate {
 public:
  OfCollectable(std::uint32_t sessions, std::uint16_t port)
      : families_(std::make_shared<Families>(sessions)), exposer_(address(port)) {
    exposer_.RegisterCollectable(families_);
  }
  void step() override { families_->step(); }

 private:
  std::shared_ptr<Families> families_;
  prometheus::Exposer exposer_;
};

}  // namespace

std::unique_ptr<Candidate> serve_registry(std::uint32_t sessions, std::uint16_t port) {
  return std::make_unique<OfRegistry>(sessions, port);
}

std::unique_ptr<Candidate> serve_collectable(std::uint32_t sessions, std::uint16_t port) {
  return std::make_unique<OfCollectable>(sessions, port);
}

}  // namespace pppol2tp::bench
