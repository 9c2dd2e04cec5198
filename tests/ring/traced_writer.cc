#include "tests/ring/traced_writer.h"

#include <dlfcn.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>

// struct rseq_cs of <linux/rseq.h>. The linker provides the section's bounds; the section is
// missing if there are no restartable sequences.
struct SequenceDescriptor {
  std::uint32_t version;
  std::uint32_t flags;
  std::uint64_t start;
  std::uint64_t bytes;
  std::uint64_t abort;
};
extern "C" {
[[gnu::weak, gnu::visibility("hidden")]] extern const SequenceDescriptor __start___rseq_cs[];
[[gnu::weak, gnu::visibility("hidden")]] extern const SequenceDescriptor __stop___rseq_cs[];
}

namespace pppol2tp::ring::test {
namespace {

constexpr std::uint32_t kSignature = 0x53053053;  // RSEQ_SIG of x86, <sys/rseq.h>
constexpr int kUnregister = 1;                    // RSEQ_FLAG_UNREGISTER
constexpr std::uint32_t kAreaBytes = 32;          // as long as the first struct rseq

struct Area {
  std::uint32_t cpu_id_start;
  std::int32_t cpu_id;
};

Area* area() {
  const auto* const offset =
      static_cast<const std::ptrdiff_t*>(dlsym(RTLD_DEFAULT, "__rseq_offset"));
  if (offset == nullptr) return nullptr;
  return reinterpret_cast<Area*>(static_cast<char*>(__builtin_thread_pointer()) + *offset);
}

// The kernel marks the area as unused; this is undone, so that the writer still uses it.
void sign_off() {
  if (syscall(SYS_rseq, area(), kAreaBytes, kUnregister, kSignature) != 0) _exit(1);
  area()->cpu_id = 0;
}

#if defined(__x86_64__)

constexpr long kBreakpoint = 0xcc;  // int3

std::uintptr_t instruction_of(pid_t pid) {
  user_regs_struct registers;
  ptrace(PTRACE_GETREGS, pid, nullptr, &registers);
  return registers.rip;
}

void go_to(pid_t pid, std::uintptr_t address) {
  user_regs_struct registers;
  ptrace(PTRACE_GETREGS, pid, nullptr, &registers);
  registers.rip = address;
  ptrace(PTRACE_SETREGS, pid, nullptr, &registers);
}

#else

// Called only if there are restartable sequences.
constexpr long kBreakpoint = 0;
std::uintptr_t instruction_of(pid_t) {
  return 0;
}
void go_to(pid_t, std::uintptr_t) {}

#endif

}  // namespace

std::vector<CodeRange> restartable_sequences() {
  std::vector<CodeRange> ranges;
  for (const SequenceDescriptor* it = __start___rseq_cs; it != __stop___rseq_cs; ++it) {
    ranges.push_back({it->start, it->start + it->bytes});
  }
  return ranges;
}

bool has_restartable_sequences() {
  return !restartable_sequences().empty() && area() != nullptr && area()->cpu_id >= 0;
}

TracedWriter::TracedWriter(Segment& segment, WritePath path, const Record& record,
                           Sequences sequences) {
  pid_ = fork();
  if (pid_ == 0) {
    if (sequences == Sequences::signed_off) sign_off();
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);
    Writer(segment, path).publish(record);
    raise(SIGSTOP);
    _exit(0);
  }
  wait();
}

TracedWriter::~TracedWriter() {
  kill();
}

void TracedWriter::wait() {
  waitpid(pid_, &status_, 0);
}

bool TracedWriter::was_halted_by(int signal) const {
  return WIFSTOPPED(status_) && WSTOPSIG(status_) == signal;
}

bool TracedWriter::go_on(int how) {
  ptrace(static_cast<__ptrace_request>(how), pid_, nullptr, nullptr);
  wait();
  returned_ = was_halted_by(SIGSTOP);
  return was_halted_by(SIGTRAP);
}

bool TracedWriter::step() {
  return go_on(PTRACE_SINGLESTEP);
}

std::uintptr_t TracedWriter::instruction() const {
  return instruction_of(pid_);
}

bool TracedWriter::run_to(std::uintptr_t address) {
  const long original = ptrace(PTRACE_PEEKTEXT, pid_, address, nullptr);
  ptrace(PTRACE_POKETEXT, pid_, address, (original & ~0xffL) | kBreakpoint);
  const bool arrived = go_on(PTRACE_CONT) && instruction() == address + 1;
  ptrace(PTRACE_POKETEXT, pid_, address, original);
  if (arrived) go_to(pid_, address);
  return arrived;
}

bool TracedWriter::finish() {
  if (!returned_) go_on(PTRACE_CONT);
  return returned_;
}

void TracedWriter::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  wait();
  pid_ = 0;
}

}  // namespace pppol2tp::ring::test
