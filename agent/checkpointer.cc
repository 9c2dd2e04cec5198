#include "agent/checkpointer.h"

#include <unistd.h>

#include <cerrno>

#include "agent/base/file.h"
#include "agent/base/log.h"
#include "agent/model/checkpoint.h"

namespace pppol2tp {
namespace {

constexpr std::size_t kMaxStateBytes = std::size_t{4} << 30;

std::string read_boot_id() {
  const auto text = read_file("/proc/sys/kernel/random/boot_id", 4096);
  return text ? text->substr(0, text->find('\n')) : std::string{};
}

}  // namespace

Checkpointer::Checkpointer(std::string path) : path_(std::move(path)), boot_id_(read_boot_id()) {}

void Checkpointer::restore(model::Model& model, collectors::RingTail& tail) {
  if (access(path_.c_str(), F_OK) != 0 && errno == ENOENT) return;
  const auto bytes = read_file(path_, kMaxStateBytes);
  if (!bytes) {
    log::warn("starting without memory", {{"reason", bytes.error().message}});
    return;
  }
  const auto checkpoint = model::decode_checkpoint(*bytes, boot_id_);
  if (!checkpoint) {
    log::warn("starting without memory", {{"reason", checkpoint.error().within(path_).message}});
    return;
  }
  model.restore(checkpoint->memory);
  tail.resume_from(checkpoint->position);
  log::info("memory restored", {{"sessions", checkpoint->memory.sessions.size()}});
}

void Checkpointer::save(model::Model& model, const collectors::RingTail& tail) {
  using namespace std::chrono_literals;
  if (under_way_.valid() && under_way_.wait_for(0s) != std::future_status::ready) return;
  finish();
  auto snapshot = model.snapshot(0, 0);
  model::Place place{boot_id_, model.ring_epoch(), model.known_generations(), tail.position()};
  under_way_ = std::async(std::launch::async,
                          [path = path_, snapshot = std::move(snapshot), place = std::move(place)] {
                            return replace_file(path, model::encode_checkpoint(snapshot, place));
                          });
}

void Checkpointer::save_now(model::Model& model, const collectors::RingTail& tail) {
  finish();
  save(model, tail);
  finish();
}

void Checkpointer::finish() {
  if (!under_way_.valid()) return;
  const auto written = under_way_.get();
  if (!written && succeeded_) {
    log::warn("memory cannot be kept; a restart of the agent would begin with empty counts",
              {{"reason", written.error().message}});
  }
  if (written && !succeeded_) log::info("memory is kept again", {{"file", path_}});
  succeeded_ = written.has_value();
}

}  // namespace pppol2tp
