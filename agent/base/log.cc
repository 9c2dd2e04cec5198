#include "agent/base/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <optional>

#include "agent/base/guarded.h"
#include "agent/base/quote.h"

namespace pppol2tp::log {
namespace {

constexpr std::array kLevels = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                spdlog::level::err};
constexpr std::array<std::string_view, 4> kNames = {
#define X(name) #name,
    PPPOL2TP_LOG_LEVELS(X)
#undef X
};

using CapturedLines = Guarded<std::optional<std::vector<std::string>>>;

// Like logger(), never destroyed: threads may still log while the program ends.
CapturedLines& captured() {
  static CapturedLines& lines = *new CapturedLines;
  return lines;
}

// Passes lines to stderr, or to the current Capture.
class Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  Sink() {
    stderr_.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "time=%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc));
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (auto lines = captured().lock(); *lines) {
      (*lines)->emplace_back(message.payload.data(), message.payload.size());
      return;
    }
    stderr_.log(message);
  }
  void flush_() override { stderr_.flush(); }

  spdlog::sinks::stderr_sink_st stderr_;
};

spdlog::logger& logger() {
  static spdlog::logger& instance = *new spdlog::logger("agent", std::make_shared<Sink>());
  return instance;
}

bool is_plain(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '=';
  });
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  const auto severity = kLevels[static_cast<std::size_t>(level)];
  if (!logger().should_log(severity)) return;
  std::string line =
      concat("level=", kNames[static_cast<std::size_t>(level)], " msg=", in_quotes(message));
  for (const Field& field : fields) {
    line +=
        concat(' ', field.key, '=', is_plain(field.value) ? field.value : in_quotes(field.value));
  }
  logger().log(severity, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

void debug(std::string_view message, std::initializer_list<Field> fields) {
  write(Level::debug, message, fields);
}
void info(std::string_view message, std::initializer_list<Field> fields) {
  write(Level::info, message, fields);
}
void warn(std::string_view message, std::initializer_list<Field> fields) {
  write(Level::warn, message, fields);
}
void error(std::string_view message, std::initializer_list<Field> fields) {
  write(Level::error, message, fields);
}

void set_level(Level level) {
  logger().set_level(kLevels[static_cast<std::size_t>(level)]);
}

Level level() {
  const auto found = std::find(kLevels.begin(), kLevels.end(), logger().level());
  return static_cast<Level>(found - kLevels.begin());
}

Capture::Capture() : level_before_(level()) {
  set_level(Level::debug);
  captured().lock()->emplace();
}

Capture::~Capture() {
  captured().lock()->reset();
  set_level(level_before_);
}

std::vector<std::string> Capture::lines() const {
  return captured().lock()->value();
}

}  // namespace pppol2tp::log
