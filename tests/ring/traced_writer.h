// A process that publishes one record while this one traces it, and can halt it at any instruction.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "plugin/ring/events.h"
#include "plugin/ring/writer.h"

namespace pppol2tp::ring::test {

// The addresses of the restartable sequences in this program, and so in its children of fork.
// Empty: the writer has none on this machine.
struct CodeRange {
  std::uintptr_t begin;
  std::uintptr_t end;
};
std::vector<CodeRange> restartable_sequences();

// Whether the C library has registered this thread for restartable sequences.
bool has_restartable_sequences();

class TracedWriter {
 public:
  // Signed off: the kernel is told to forget about the process' restartable sequences, but the
  // writer is not. Then they can be stepped through; otherwise each step interrupts them.
  enum class Sequences : std::uint8_t { restart, signed_off };

  // Halted before the first instruction of publish().
  TracedWriter(Segment& segment, WritePath path, const Record& record, Sequences sequences);
  ~TracedWriter();
  TracedWriter(const TracedWriter&) = delete;
  TracedWriter& operator=(const TracedWriter&) = delete;

  // Executes one instruction. False: publish() has returned.
  bool step();
  std::uintptr_t instruction() const;

  // Runs until just before the instruction at `address`. False: publish() has returned.
  bool run_to(std::uintptr_t address);

  // Runs until publish() has returned. False: the process died instead.
  bool finish();
  void kill();

 private:
  bool was_halted_by(int signal) const;
  // True: the process is halted, and still in publish().
  bool go_on(int how);
  void wait();

  pid_t pid_;
  int status_ = 0;
  bool returned_ = false;  // from publish()
};

}  // namespace pppol2tp::ring::test
