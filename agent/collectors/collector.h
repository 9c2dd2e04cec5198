// A source of facts for the model. The agent runs each at least once a second, on the thread that
// owns the model. A collector reports what it cannot find out; the others go on.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/base/result.h"
#include "agent/model/model.h"

namespace pppol2tp::collectors {

class Collector {
 public:
  virtual ~Collector() = default;

  // The value of the label `collector`.
  virtual std::string_view name() const = 0;

  // Updates the model. `now_ns` is CLOCK_BOOTTIME. Having nothing to report is a success.
  virtual Result<void> collect(model::Model& model, std::uint64_t now_ns) = 0;
};

}  // namespace pppol2tp::collectors
