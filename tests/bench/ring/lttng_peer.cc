// LTTng-UST: one tracepoint that carries the record. Its consumer daemon is the reader: it takes
// whole sub-buffers, so single records cannot be seen to arrive.
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "tests/bench/ring/lttng_record.h"
#include "tests/bench/ring/optional_peers.h"
#include "tests/bench/ring/scratch.h"

namespace pppol2tp::bench {
namespace {

bool run(const std::string& arguments) {
  return std::system(("lttng " + arguments + " > /dev/null 2>&1").c_str()) == 0;
}

class Lttng final : public Transport {
 public:
  Lttng() {
    // The sub-buffers hold a whole round, so nothing is discarded; discarding would be cheaper.
    const bool ready = run("create " + session_ + " --output=" + directory_.path()) &&
                       run("enable-channel --userspace --session=" + session_ +
                           " --discard --subbuf-size=4M --num-subbuf=4 records") &&
                       run("enable-event --userspace --session=" + session_ +
                           " --channel=records pppol2tp_bench:record") &&
                       run("start " + session_);
    if (!ready) {
      run("destroy " + session_);
      throw std::runtime_error("the lttng command failed; is lttng-sessiond running?");
    }
    for (int i = 0; i < 100 && !lttng_ust_tracepoint_enabled(pppol2tp_bench, record); ++i) {
      usleep(20'000);
    }
    if (!lttng_ust_tracepoint_enabled(pppol2tp_bench, record)) {
      run("destroy " + session_);
      throw std::runtime_error("the session daemon does not enable our tracepoint");
    }
  }
  ~Lttng() override { run("destroy " + session_); }
  Lttng(const Lttng&) = delete;
  Lttng& operator=(const Lttng&) = delete;

  bool send(const ring::Record& record) override {
    lttng_ust_tracepoint(pppol2tp_bench, record, reinterpret_cast<const unsigned char*>(&record),
                         record.header.bytes);
    return true;
  }
  bool receive(ring::Record&) override { return false; }

 private:
  std::string session_ = "pppol2tp-bench-" + std::to_string(getpid());
  ScratchDirectory directory_;
};

}  // namespace

Peer lttng_peer() {
  return {"LTTng-UST", [] { return std::make_unique<Lttng>(); }, false};
}

}  // namespace pppol2tp::bench
