// One step of CRC-32C: polynomial 0x1EDC6F41, RFC 3720, section 12.1. Over the eight bytes of a
// word, lowest first, and without the inversions at begin and end, which are the caller's.
//
// Processors have an instruction for it: x86 since SSE 4.2, arm64 almost always. Whether it is used
// makes no difference to the result.
#pragma once

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace pppol2tp::ring::internal {

// By a table, for every machine.
struct TableCrc32c {
  static constexpr std::uint64_t step(std::uint64_t crc, std::uint64_t word) {
    constexpr auto kOfByte = [] {
      constexpr std::uint32_t kReflectedPolynomial = 0x82F63B78;
      std::array<std::uint32_t, 256> table{};
      for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t rest = byte;
        for (int bit = 0; bit < 8; ++bit) {
          rest = rest >> 1 ^ (rest % 2 != 0 ? kReflectedPolynomial : 0);
        }
        table[byte] = rest;
      }
      return table;
    }();
    std::uint64_t rest = crc ^ word;
    for (std::size_t i = 0; i < sizeof word; ++i) rest = rest >> 8 ^ kOfByte[rest & 0xFF];
    return rest;
  }
};

// By the instruction. Assembly, because the intrinsics are there only for those who compile for
// such processors alone.
struct InstructionCrc32c {
#if defined(__x86_64__)
  static std::uint64_t step(std::uint64_t crc, std::uint64_t word) {
    asm("crc32q %1, %0" : "+r"(crc) : "rm"(word));
    return crc;
  }
  static bool look_up() {
    unsigned int a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSE4_2) != 0;
  }
#elif defined(__aarch64__)
  static std::uint64_t step(std::uint64_t crc, std::uint64_t word) {
    asm(".arch_extension crc\n\tcrc32cx %w0, %w0, %1" : "+r"(crc) : "r"(word));
    return crc;
  }
  static bool look_up() {
    return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
  }
#else
  static std::uint64_t step(std::uint64_t crc, std::uint64_t word) {
    return TableCrc32c::step(crc, word);
  }
  static bool look_up() {
    return false;
  }
#endif
};

// Looked up at the first call, because the plugin runs no code when pppd loads it. All threads find
// the same.
inline bool has_crc32c_instruction() {
  enum : std::uint8_t { kNotLookedUp, kNo, kYes };
  static constinit std::atomic<std::uint8_t> known{kNotLookedUp};
  std::uint8_t found = known.load(std::memory_order_relaxed);
  if (found == kNotLookedUp) [[unlikely]] {
    found = InstructionCrc32c::look_up() ? kYes : kNo;
    known.store(found, std::memory_order_relaxed);
  }
  return found == kYes;
}

}  // namespace pppol2tp::ring::internal
