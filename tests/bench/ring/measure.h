// Clock, processors, child processes and results, for all measurements here.
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

// The time between two clock readings with nothing in between: it is part of every duration
// measured here.
std::uint64_t clock_cost_ns();

double median(std::vector<double> values);
double quantile(std::vector<double> values, double share);
// The mean of the middle half: like the median, but finer than the clock's ticks.
double middle_half(std::vector<double> values);

// A record of `bytes` bytes whose content depends on `number`.
ring::Record record_of(std::uint16_t bytes, std::uint64_t number);

// The two processors for measurements with two sides; throws if there is only one.
void pin_writer();
void pin_reader();

// Called between two looks of a spinning reader: leaves the core to the other thread that may share
// it.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Runs `body` in a child of fork until it returns; the destructor waits for its end. A body that
// runs for ever must check a stop flag in shared memory.
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

// One line for each candidate, one number for each round. All candidates are measured in each
// round, so that ratios are of the same state of the machine.
class Table {
 public:
  Table(std::string title, std::string unit) : title_(std::move(title)), unit_(std::move(unit)) {}
  void add(const std::string& candidate, double value);
  // The median over the rounds of one candidate's value divided by another's.
  double ratio(const std::string& candidate, const std::string& to) const;
  // Prints Markdown; ratios are the first candidate's to each other one's, medians over the rounds.
  void print() const;

 private:
  std::string title_;
  std::string unit_;
  std::vector<std::string> order_;
  std::map<std::string, std::vector<double>> values_;
};

}  // namespace pppol2tp::bench
