// The agent's log: one line of key=value pairs for each message, to stderr.
//   time=2031-05-06T07:08:09.123Z level=warn msg="ring lost records" lost=17 since=3m
//
// Levels, by what the reader should do:
//   error   the agent or a part of it does not work: act
//   warn    something was lost or refused, and the agent goes on: look into it
//   info    something was started, stopped or reloaded: for information
//   debug   for developers of the agent
//
// Thread-safe. Values may hold any bytes: a line stays one line of ASCII.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/concat.h"

namespace pppol2tp::log {

#define PPPOL2TP_LOG_LEVELS(X) X(debug) X(info) X(warn) X(error)

enum class Level {
#define X(name) name,
  PPPOL2TP_LOG_LEVELS(X)
#undef X
};

struct Field {
  template <typename Value>
  Field(std::string_view name, const Value& of) : key(name), value(concat(of)) {}

  std::string_view key;  // a word
  std::string value;
};

void debug(std::string_view message, std::initializer_list<Field> fields = {});
void info(std::string_view message, std::initializer_list<Field> fields = {});
void warn(std::string_view message, std::initializer_list<Field> fields = {});
void error(std::string_view message, std::initializer_list<Field> fields = {});

// Messages below `level` are dropped. The default is info.
void set_level(Level level);
Level level();

// While it exists, lines go to it instead of stderr, at every level and without their time. Only
// one at a time. For tests.
class Capture {
 public:
  Capture();
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  std::vector<std::string> lines() const;

 private:
  Level level_before_;
};

}  // namespace pppol2tp::log
