#include <dlfcn.h>

#include "plugin/ring/slot_writer.h"

namespace pppol2tp::ring::internal {
namespace {

// The beginning of struct rseq of <linux/rseq.h>, as far as it is needed here.
struct RseqArea {
  std::uint32_t cpu_id_start;
  std::int32_t cpu_id;  // negative: the kernel does not know of this thread's area
  std::uint64_t rseq_cs;
};

constexpr std::ptrdiff_t kNotLookedUp = 0;  // the thread's own control block is there
constexpr std::ptrdiff_t kNone = -1;
constexpr int kMaxTries = 8;

// Looked up by name: with a direct reference to these variables of the dynamic linker, pppd's
// plugin would depend on a C library that has them (glibc from 2.35; __rseq_size is 0 if
// GLIBC_TUNABLES switched it off).
std::ptrdiff_t look_up_offset() {
  const auto* const offset =
      static_cast<const std::ptrdiff_t*>(dlsym(RTLD_DEFAULT, "__rseq_offset"));
  const auto* const size = static_cast<const unsigned int*>(dlsym(RTLD_DEFAULT, "__rseq_size"));
  return offset == nullptr || size == nullptr || *size == 0 ? kNone : *offset;
}

// The calling thread's area, or null. All threads have it at the same offset, so a second look-up
// finds the same.
RseqArea* rseq_area() {
  static constinit std::atomic<std::ptrdiff_t> known{kNotLookedUp};
  std::ptrdiff_t offset = known.load(std::memory_order_relaxed);
  if (offset == kNotLookedUp) {
    offset = look_up_offset();
    known.store(offset, std::memory_order_relaxed);
  }
  if (offset == kNone) return nullptr;
  auto* const area =
      reinterpret_cast<RseqArea*>(static_cast<char*>(__builtin_thread_pointer()) + offset);
  return area->cpu_id < 0 ? nullptr : area;
}

static_assert(offsetof(RecordSlot, sequence) == 0);
static_assert(offsetof(RecordSlot, check) == 8);
static_assert(offsetof(RecordSlot, record) == 16);
static_assert(sizeof(Record) % 16 == 0, "copied in steps of 16 bytes");

// A thread that was interrupted between labels 1 and 2 continues at label 4 instead:
// <linux/rseq.h>, struct rseq_cs. The commit is the last instruction. On x86 stores become visible
// in program order, so neither [b] nor [c] needs more. The pointer in the area is cleared
// afterwards: the kernel would do that itself when it next finds the thread outside of the
// sequence, but would then read all of struct rseq_cs.
SlotWrite try_once(RseqArea& area, const ClaimedSlot& claimed, std::uint64_t check,
                   const Record& record, std::uint64_t bytes) {
  const std::uint64_t odd = 2 * claimed.ticket + 1;
  const std::uint64_t even = odd + 1;
  asm volatile goto(
      ".pushsection __rseq_cs, \"aw\"\n"
      ".balign 32\n"
      "3: .long 0, 0\n"
      "   .quad 1f, 2f - 1f, 4f\n"
      ".popsection\n"
      "leaq 3b(%%rip), %%rax\n"
      "movq %%rax, %[rseq_cs]\n"
      "1:\n"
      "cmpq %[last], %[next]\n"
      "ja %l[overtaken]\n"  // the ring has gone half around since the claim
      "movq %[odd], (%[slot])\n"
      "movq %[check], 8(%[slot])\n"
      "xorl %%eax, %%eax\n"
      "5:\n"
      "movdqu (%[from], %%rax), %%xmm0\n"
      "movdqu %%xmm0, 16(%[slot], %%rax)\n"
      "addq $16, %%rax\n"
      "cmpq %[bytes], %%rax\n"
      "jb 5b\n"
      "movq %[even], (%[slot])\n"
      "2:\n"
      // The four bytes before an abort handler are the signature that glibc registered with.
      ".pushsection __rseq_abort, \"ax\"\n"
      ".byte 0x0f, 0xb9, 0x3d\n"
      ".long 0x53053053\n"
      "4: jmp %l[interrupted]\n"
      ".popsection\n"
      :
      : [rseq_cs] "m"(area.rseq_cs), [next] "m"(claimed.next_ticket), [last] "r"(claimed.last_next),
        [slot] "r"(&claimed.slot), [odd] "r"(odd), [even] "r"(even), [check] "r"(check),
        [from] "r"(&record), [bytes] "r"(bytes)
      : "memory", "cc", "rax", "xmm0"
      : overtaken, interrupted);
  area.rseq_cs = 0;
  return SlotWrite::committed;
overtaken:
  area.rseq_cs = 0;
  return SlotWrite::overtaken;
interrupted:
  return SlotWrite::interrupted;
}

}  // namespace

void prepare_slot_writer() {
  rseq_area();
}

SlotWrite write_slot_restartably(const ClaimedSlot& claimed, std::uint64_t check,
                                 const Record& record, std::size_t words) {
  RseqArea* const area = rseq_area();
  if (area == nullptr) return SlotWrite::unavailable;
  const std::uint64_t bytes = (words * sizeof(std::uint64_t) + 15) & ~std::uint64_t{15};
  for (int i = 0; i < kMaxTries; ++i) {
    const SlotWrite result = try_once(*area, claimed, check, record, bytes);
    if (result != SlotWrite::interrupted) return result;
  }
  return SlotWrite::interrupted;
}

}  // namespace pppol2tp::ring::internal
