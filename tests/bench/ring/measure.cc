#include "tests/bench/ring/measure.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <numeric>
#include <stdexcept>

namespace pppol2tp::bench {
namespace {

void pin(int which) {
  static const cpu_set_t allowed = [] {
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    return set;
  }();
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed) || which-- != 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
    return;
  }
  throw std::runtime_error("two processors are needed");
}

}  // namespace

std::uint64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t clock_cost_ns() {
  std::vector<double> costs;
  for (int i = 0; i < 1001; ++i) {
    const std::uint64_t before = now_ns();
    costs.push_back(static_cast<double>(now_ns() - before));
  }
  return static_cast<std::uint64_t>(median(costs));
}

double median(std::vector<double> values) {
  return quantile(std::move(values), 0.5);
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[static_cast<std::size_t>(place)];
}

double middle_half(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto quarter = static_cast<std::ptrdiff_t>(values.size() / 4);
  const auto begin = values.begin() + quarter;
  const auto end = values.end() - quarter;
  return std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin);
}

ring::Record record_of(std::uint16_t bytes, std::uint64_t number) {
  ring::Record record{};
  std::memset(record.body, static_cast<int>(number % 251), sizeof record.body);
  // A type without a row in events.def may have any length.
  record.header.type = ring::EventType{65535};
  record.header.bytes = bytes;
  record.header.number = number;
  return record;
}

void pin_writer() {
  pin(0);
}
void pin_reader() {
  pin(1);
}

Child::Child(const std::function<void()>& body) {
  std::fflush(nullptr);
  pid_ = fork();
  if (pid_ != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // ends with the measuring process
  try {
    body();
    _exit(0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    _exit(1);
  }
}

Child::Child(Child&& other) noexcept : pid_(other.pid_) {
  other.pid_ = -1;
}

Child::~Child() {
  int status = 0;
  if (pid_ > 0 && waitpid(pid_, &status, 0) == pid_ && status != 0) {
    std::fprintf(stderr, "a process of the measurement failed: its results are void\n");
    std::_Exit(1);
  }
}

std::uint64_t status_value(const char* name, pid_t pid) {
  std::ifstream status("/proc/" + (pid == 0 ? "self" : std::to_string(pid)) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.compare(0, std::strlen(name), name) == 0 && line[std::strlen(name)] == ':') {
      return std::stoull(line.substr(std::strlen(name) + 1));
    }
  }
  throw std::runtime_error(std::string("no ") + name + " in /proc");
}

void Table::add(const std::string& candidate, double value) {
  if (values_.find(candidate) == values_.end()) order_.push_back(candidate);
  values_[candidate].push_back(value);
}

double Table::ratio(const std::string& candidate, const std::string& to) const {
  const std::vector<double>& ours = values_.at(candidate);
  const std::vector<double>& theirs = values_.at(to);
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    if (theirs[i] != 0) ratios.push_back(ours[i] / theirs[i]);
  }
  return median(ratios);
}

void Table::print() const {
  if (order_.empty()) return;
  std::printf("\n%s\n\n| | %s, median | least | most | first / this |\n|---|---|---|---|---|\n",
              title_.c_str(), unit_.c_str());
  for (const std::string& candidate : order_) {
    const std::vector<double>& values = values_.at(candidate);
    std::printf("| %s | %.1f | %.1f | %.1f | %.3f |\n", candidate.c_str(), median(values),
                *std::min_element(values.begin(), values.end()),
                *std::max_element(values.begin(), values.end()), ratio(order_.front(), candidate));
  }
}

}  // namespace pppol2tp::bench
