#include "agent/ctl/host_view.h"

#include <filesystem>
#include <limits>

#include "agent/base/clock.h"

namespace pppol2tp::ctl {
namespace {

// Nothing is left out: the ring's size is the limit.
constexpr model::Limits kEverything{std::numeric_limits<std::uint32_t>::max(),
                                    HostView::kEndedAreKeptNs,
                                    std::numeric_limits<std::uint32_t>::max()};

std::uint64_t boottime_ns() {
  return static_cast<std::uint64_t>(system_clock().boottime().count());
}

bool has_directory(const std::string& path) {
  const auto directory = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  return directory.empty() || std::filesystem::exists(directory, ignored);
}

std::string_view advice(const std::string& path, ring::SegmentStatus status) {
  switch (status) {
    case ring::SegmentStatus::absent:
      if (!has_directory(path)) {
        return "Its directory is missing: `systemd-tmpfiles --create` makes it when the package is "
               "installed";
      }
      [[fallthrough]];
    case ring::SegmentStatus::not_ready:
      return "No pppd with our plugin has run since the host was started; see `pppol2tpctl check`";
    case ring::SegmentStatus::not_permitted:
      return "Run as root, or join the group that the ring's directory belongs to";
    default:
      return "If this is the file that the plugin writes to, move it away: the next pppd makes a "
             "new one";
  }
}

}  // namespace

Error cannot_read(const std::string& path, ring::SegmentStatus status) {
  return fail("ring ", path, ": ", ring::to_text(status), ". ", advice(path, status));
}

HostView::HostView(const std::string& ring_path)
    : model_(kEverything, [this](std::uint64_t inode) { return netns_names_.name_of(inode); }),
      tail_(ring_path),
      liveness_(tail_) {}

Result<std::unique_ptr<HostView>> HostView::open(const std::string& ring_path) {
  ring::Segment probe;
  if (const auto status = probe.open_for_reading(ring_path.c_str());
      status != ring::SegmentStatus::attached) {
    return cannot_read(ring_path, status);
  }
  std::unique_ptr<HostView> view(new HostView(ring_path));
  if (const auto done = view->look(boottime_ns()); !done) return done.error();
  if (view->tail_.segment() == nullptr) return fail("ring ", ring_path, ": it went away just now");
  return view;
}

Result<void> HostView::look(std::uint64_t now_ns) {
  if (const auto done = tail_.collect(model_, now_ns); !done) return done;
  return liveness_.collect(model_, now_ns);
}

Result<void> HostView::refresh(std::uint64_t now_ns) {
  const auto done = look(now_ns);
  model_.expire(now_ns);
  return done;
}

std::vector<const model::Session*> HostView::sessions() const {
  std::vector<const model::Session*> all;
  model_.for_each([&](std::uint32_t, const model::Session& session) { all.push_back(&session); });
  return all;
}

Moment HostView::moment() {
  const auto boottime = system_clock().boottime();
  return {static_cast<std::uint64_t>(boottime.count()),
          (system_clock().realtime() - boottime).count()};
}

}  // namespace pppol2tp::ctl
