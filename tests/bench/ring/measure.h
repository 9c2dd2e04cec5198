// Clock, processors, child processes and results: what every measurement here needs.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plugin/ring/events.h"

namespace pppol2tp::bench {

std::uint64_t now_ns();  // CLOCK_MONOTONIC

// Of two clock readings with nothing in between: part of every duration measured here.
std::uint64_t clock_cost_ns();

double median(std::vector<double> values);
double quantile(std::vector<double> values, double share);

// A record of `bytes` bytes whose content follows from `number`.
ring::Record record_of(std::uint16_t bytes, std::uint64_t number);

// The two processors that measurements with two sides take; throws where there is only one.
void pin_writer();
void pin_reader();

// Between two looks of a spinning reader: leaves a processor's core to the other thread that it may
// be shared with.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Runs `body` in a child of fork until it returns; the destructor waits for its end. A body that
// runs for ever is to look at a stop flag in shared memory.
class Child {
 public:
  explicit Child(const std::function<void()>& body);
  Child(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

// A number from /proc/PID/status, such as VmPTE (in kB). 0 is this process.
std::uint64_t status_value(const char* name, pid_t pid = 0);

// One way of a cache line from one of the processors to the other, now: the unit that everything
// through shared memory is made of. Where virtual processors move, it changes from minute to
// minute.
double hop_ns();

// One line for each candidate, one number for each round. All candidates are measured in each
// round, so that ratios are of one and the same state of the machine.
class Table {
 public:
  Table(std::string title, std::string unit) : title_(std::move(title)), unit_(std::move(unit)) {}
  void add(const std::string& candidate, double value);
  void remark(const std::string& candidate, const std::string& text) { remarks_[candidate] = text; }
  // As Markdown; ratios are the first candidate's to each other's, medians over the rounds.
  void print() const;

 private:
  std::string title_;
  std::string unit_;
  std::vector<std::string> order_;
  std::map<std::string, std::vector<double>> values_;
  std::map<std::string, std::string> remarks_;
};

}  // namespace pppol2tp::bench
