#include "agent/checkpointer.h"

#include <sys/stat.h>

#include <cerrno>

#include "agent/base/clock.h"
#include "agent/base/file.h"
#include "agent/base/log.h"
#include "agent/config/config.h"

namespace pppol2tp {
namespace {

std::string read_boot_id() {
  const auto text = read_file("/proc/sys/kernel/random/boot_id", 4096);
  return text ? text->substr(0, text->find('\n')) : std::string{};
}

Result<std::string> read_state(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return fail_errno(errno, path);
  // A pipe would keep the agent waiting for somebody who writes.
  if (!S_ISREG(status.st_mode)) return fail(path, ": is not a regular file");
  // Not by the limits in force: they may be lower than those under which the file was written.
  return read_file(path, model::most_checkpoint_bytes(config::kMostSessions, config::kMostTunnels));
}

class FileSink final : public model::CheckpointSink {
 public:
  explicit FileSink(FileReplacement& file) : file_(file) {}
  Result<void> append(std::string_view bytes) override { return file_.append(bytes); }
  Result<void> overwrite_begin(std::string_view bytes) override {
    return file_.overwrite_begin(bytes);
  }

 private:
  FileReplacement& file_;
};

}  // namespace

Checkpointer::Checkpointer(std::string path) : path_(std::move(path)), boot_id_(read_boot_id()) {}

void Checkpointer::restore(model::Model& model, collectors::RingTail& tail) {
  struct stat status {};
  if (stat(path_.c_str(), &status) != 0 && errno == ENOENT) return;
  const auto bytes = read_state(path_);
  if (!bytes) {
    log::warn("starting without the saved state", {{"reason", bytes.error().message}});
    return;
  }
  const auto checkpoint = model::decode_checkpoint(*bytes, boot_id_);
  if (!checkpoint) {
    log::warn("starting without the saved state",
              {{"reason", checkpoint.error().within(path_).message}});
    return;
  }
  model.restore(checkpoint->memory);
  tail.resume_from(checkpoint->position);
  log::info("saved state restored", {{"sessions", checkpoint->memory.sessions.size()}});
}

void Checkpointer::save(model::Model& model, const collectors::RingTail& tail) {
  using namespace std::chrono_literals;
  if (under_way_.valid() && under_way_.wait_for(0s) != std::future_status::ready) return;
  finish();
  if (std::chrono::steady_clock::now() >= next_) begin(model, tail);
}

void Checkpointer::save_now(model::Model& model, const collectors::RingTail& tail) {
  finish();
  begin(model, tail);
  finish();
}

void Checkpointer::begin(model::Model& model, const collectors::RingTail& tail) {
  model::Place place{boot_id_, model.ring_epoch(), model.known_generations(), tail.position()};
  under_way_ = std::async(std::launch::async, [path = path_, snapshot = model.snapshot(0, 0),
                                               place = std::move(place)]() mutable {
    return write(path, std::move(snapshot), place);
  });
}

// Runs on its own thread.
Checkpointer::Outcome Checkpointer::write(const std::string& path, model::Snapshot snapshot,
                                          const model::Place& place) {
  const auto began = thread_cpu_time();
  auto replacement = FileReplacement::begin(path);
  Result<void> written = replacement ? Result<void>() : replacement.error();
  if (written) {
    FileSink sink(*replacement);
    written = model::write_checkpoint(std::move(snapshot), place, sink);
  }
  if (written) written = replacement->commit();
  return {written, std::chrono::steady_clock::now() + (thread_cpu_time() - began) * (kShare - 1)};
}

void Checkpointer::finish() {
  if (!under_way_.valid()) return;
  const auto [written, next] = under_way_.get();
  next_ = next;
  if (!written && succeeded_) {
    log::warn("cannot save the state; a restart of the agent would lose its counts",
              {{"reason", written.error().message}});
  }
  if (written && !succeeded_) log::info("the state is saved again", {{"file", path_}});
  succeeded_ = written.has_value();
}

}  // namespace pppol2tp
