#include "plugin/ring/crc32c.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <random>

namespace pppol2tp::ring::internal {
namespace {

using Bytes = std::array<std::uint8_t, 32>;

// As RFC 3720 has it: with the inversions at begin and end.
template <typename Crc32c>
std::uint32_t crc32c_of(const Bytes& bytes) {
  std::uint64_t crc = 0xFFFFFFFF;
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, &bytes[i], sizeof word);
    crc = Crc32c::step(crc, word);
  }
  return ~static_cast<std::uint32_t>(crc);
}

// The examples of RFC 3720, appendix B.4.
template <typename Crc32c>
void expect_examples_of_the_rfc() {
  Bytes bytes{};
  EXPECT_EQ(crc32c_of<Crc32c>(bytes), 0x8A9136AAu);
  bytes.fill(0xFF);
  EXPECT_EQ(crc32c_of<Crc32c>(bytes), 0x62A8AB43u);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  EXPECT_EQ(crc32c_of<Crc32c>(bytes), 0x46DD794Eu);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(31 - i);
  EXPECT_EQ(crc32c_of<Crc32c>(bytes), 0x113FDB5Cu);
}

TEST(Crc32c, ByTableGivesTheExamplesOfTheRfc) {
  expect_examples_of_the_rfc<TableCrc32c>();
}

TEST(Crc32c, ByInstructionGivesTheExamplesOfTheRfc) {
  if (!has_crc32c_instruction()) GTEST_SKIP() << "this processor has no such instruction";
  expect_examples_of_the_rfc<InstructionCrc32c>();
}

TEST(Crc32c, GivesTheSameByTableAndByInstruction) {
  if (!has_crc32c_instruction()) GTEST_SKIP() << "this processor has no such instruction";
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto crc = static_cast<std::uint32_t>(random());
    const std::uint64_t word = random();
    ASSERT_EQ(InstructionCrc32c::step(crc, word), TableCrc32c::step(crc, word))
        << crc << " " << word;
  }
}

}  // namespace
}  // namespace pppol2tp::ring::internal
