// The memory in which an answer is made, kept for the next one. Giving it back would mean to get it
// from the kernel again for each scrape, page by page: that took as long as compressing the text of
// 700 sessions.
#pragma once

#include <memory>
#include <optional>

#include "agent/base/guarded.h"
#include "agent/metrics/gzip.h"
#include "agent/metrics/text_buffer.h"

namespace pppol2tp::metrics {

// For one answer at a time.
struct Workspace {
  TextBuffer out;
  TextBuffer scratch;
  std::optional<Deflater> deflater;  // made for the first compressed answer
};

// Thread-safe. Keeps the memory of one answer, so nothing is left of a time with many at once.
class Workspaces {
 public:
  struct GiveBack {
    Workspaces* owner;
    void operator()(Workspace* workspace) const { owner->take_back(workspace); }
  };
  // Must not outlive the Workspaces.
  using Lent = std::unique_ptr<Workspace, GiveBack>;

  // Its buffers are empty.
  Lent lend();

 private:
  void take_back(Workspace* workspace);

  Guarded<std::unique_ptr<Workspace>> spare_;
};

}  // namespace pppol2tp::metrics
