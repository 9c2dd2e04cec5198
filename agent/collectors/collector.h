// A witness: something that tells the model what is true. Each is run at least once a second by the
// agent, on the thread that owns the model; what it cannot find out it reports, and everything else
// goes on.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/base/result.h"
#include "agent/model/model.h"

namespace pppol2tp::collectors {

class Collector {
 public:
  virtual ~Collector() = default;

  // As in the label `collector`.
  virtual std::string_view name() const = 0;

  // Brings the model up to date. `now_ns` is CLOCK_BOOTTIME. Nothing to report is a success.
  virtual Result<void> collect(model::Model& model, std::uint64_t now_ns) = 0;
};

}  // namespace pppol2tp::collectors
