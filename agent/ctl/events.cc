#include "agent/ctl/events.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <thread>
#include <utility>

#include "agent/base/concat.h"
#include "agent/base/output.h"
#include "agent/base/quote.h"
#include "agent/ctl/host_view.h"
#include "agent/metrics/label_text.h"
#include "plugin/ring/reader.h"

namespace pppol2tp::ctl {
namespace {

// How long a reader sleeps without a record before it checks whether the file was replaced.
constexpr std::uint64_t kLookAgainNs = 1'000'000'000;
constexpr std::chrono::milliseconds kUntilNewRing(200);

// "2031-05-06T07:08:09.123Z"
std::string time_text(double unix_seconds) {
  const auto whole = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  std::array<char, 40> buffer;
  std::size_t length = std::strftime(buffer.data(), buffer.size(), "%FT%T", &parts);
  const auto milliseconds =
      static_cast<int>((unix_seconds - static_cast<double>(whole)) * 1000) % 1000;
  length += static_cast<std::size_t>(
      std::snprintf(buffer.data() + length, buffer.size() - length, ".%03dZ", milliseconds));
  return {buffer.data(), length};
}

bool is_same(const Value& a, const Value& b, const Moment& moment) {
  if (a.index() != b.index()) return false;
  if (const auto* text = std::get_if<std::string>(&a)) return *text == std::get<std::string>(b);
  return to_number(a, moment) == to_number(b, moment);
}

// `age` changes without an event.
std::vector<Change> changes_between(const model::Session& before, const model::Session& after,
                                    const Moment& moment) {
  std::vector<Change> changes;
  for (const Field& field : fields()) {
    if (field.name == "id" || field.name == "age") continue;
    Value now = field.of(after, moment);
    if (now.index() == 0 || is_same(field.of(before, moment), now, moment)) continue;
    changes.push_back({&field, std::move(now)});
  }
  return changes;
}

// Prints until nothing more can come from this file.
Result<void> print_ring(const ring::Segment& segment, const std::string& path, EventText& text,
                        bool follow) {
  ring::Reader reader(segment);
  std::uint64_t told_lost = 0;
  do {
    Result<void> printed;
    const auto print = [&](const ring::Record& record) {
      const std::string line = text.line_of(record, HostView::moment());
      if (printed && !line.empty()) printed = write_output(line + '\n');
    };
    reader.poll(print, segment.geometry().record_slots);
    if (!printed || !follow) return printed;
    if (const std::uint64_t lost = reader.counts().lost; lost != told_lost) {
      std::fprintf(stderr, "%llu records were overwritten before they could be read\n",
                   static_cast<unsigned long long>(lost - told_lost));
      told_lost = lost;
    }
    ring::Reader::wait(segment, reader.position().next, kLookAgainNs);
  } while (!segment.is_replaced(path.c_str()));
  return {};
}

}  // namespace

// Its session is in `recent_` afterwards.
model::Session& EventText::recall(const model::SessionIds& ids) {
  auto known = silent_.extract(ids);  // first: what is left there may be forgotten
  if (recent_.size() >= most_recent_ && !recent_.contains(ids)) {
    silent_ = std::exchange(recent_, {});
  }
  if (known) recent_.insert(std::move(known));
  return recent_[ids];
}

std::string EventText::line_of(const ring::Record& record, const Moment& moment) {
  const auto& who = record.header.identity;
  const model::SessionIds ids{who.netns, who.tunnel_id, who.session_id};
  model::Session& session = recall(ids);
  if (!session.is_of(who)) session = {};  // ids are used again
  const model::Session before = session;
  session.state.identity = who;
  ring::apply_body(record, session.state);
  const bool is_over = session.has_ended();
  const model::Session after = session;
  if (is_over) recent_.erase(ids);

  const auto holds = [&](const Condition& condition) { return condition.holds(after, moment); };
  if (!std::all_of(conditions_.begin(), conditions_.end(), holds)) return {};
  const char* const event = ring::to_text(record.header.type);
  if (!events_.empty() && std::find(events_.begin(), events_.end(), event) == events_.end())
    return {};
  const double time = *to_number(metrics::at(record.header.time_ns), moment);
  const std::string id = concat(who.tunnel_id, "/", who.session_id);
  const auto changes = changes_between(before, after, moment);
  if (as_json_) return to_json(time, id, event, changes, moment);

  std::string line = concat(time_text(time), " ", id, " ", escaped(metrics::text(who.ifname)),
                            who.ifname[0] != '\0' ? " " : "", event);
  for (const Change& change : changes) {
    line += concat(" ", change.field->name, "=", shown(*change.field, change.value, moment));
  }
  return line;
}

Result<void> print_events(const std::string& ring_path, EventText text, bool follow) {
  for (bool is_first = true;; is_first = false) {
    ring::Segment segment;
    const auto status = segment.open_for_reading(ring_path.c_str());
    if (status == ring::SegmentStatus::attached) {
      const auto printed = print_ring(segment, ring_path, text, follow);
      if (!printed || !follow) return printed;
    } else if (is_first) {
      return cannot_read(ring_path, status);
    } else {
      std::this_thread::sleep_for(kUntilNewRing);  // the next pppd makes a new one
    }
  }
}

}  // namespace pppol2tp::ctl
