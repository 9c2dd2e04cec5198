#include "plugin/ring/checksum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>

#include "plugin/ring/events.h"

namespace pppol2tp::ring::internal {
namespace {

constexpr std::size_t kWords = sizeof(Record) / sizeof(std::uint64_t);
using Words = std::array<std::uint64_t, kWords>;

Words random_words(std::uint32_t seed) {
  std::mt19937_64 random(seed);
  Words words;
  for (std::uint64_t& word : words) word = random();
  return words;
}

std::uint64_t check_of(const Words& words, std::size_t count, std::uint64_t ticket) {
  return keyed(digest(words.data(), count), ticket);
}

// Every length that a record can have, in words: from a bare header to a full body.
constexpr std::size_t kFewest = sizeof(RecordHeader) / sizeof(std::uint64_t);

// Plugins and agents of different versions share a ring.
TEST(Checksum, IsPartOfTheFormat) {
  Words words;
  std::iota(words.begin(), words.end(), 1);
  EXPECT_EQ(check_of(words, kWords, 5), 0x5FE1743C885E6B29u) << "another check is another major";
}

TEST(Checksum, FindsEveryFlippedBitAtEveryLength) {
  for (std::size_t count = kFewest; count <= kWords; ++count) {
    Words words = random_words(1);
    const std::uint64_t whole = check_of(words, count, 5);
    for (std::size_t bit = 0; bit < count * 64; ++bit) {
      words[bit / 64] ^= std::uint64_t{1} << bit % 64;
      ASSERT_NE(check_of(words, count, 5), whole) << "bit " << bit << " of " << count << " words";
      words[bit / 64] ^= std::uint64_t{1} << bit % 64;
    }
  }
}

TEST(Checksum, FindsTheSameBitFlippedInAnyTwoWords) {
  Words words = random_words(2);
  const std::uint64_t whole = check_of(words, kWords, 5);
  for (std::size_t a = 0; a < kWords; ++a) {
    for (std::size_t b = a + 1; b < kWords; ++b) {
      for (int bit = 0; bit < 64; ++bit) {
        const std::uint64_t mask = std::uint64_t{1} << bit;
        words[a] ^= mask;
        words[b] ^= mask;
        ASSERT_NE(check_of(words, kWords, 5), whole) << a << ", " << b << ", bit " << bit;
        words[a] ^= mask;
        words[b] ^= mask;
      }
    }
  }
}

TEST(Checksum, FindsAnyTwoSwappedWords) {
  for (std::size_t count = kFewest; count <= kWords; ++count) {
    Words words = random_words(3);
    const std::uint64_t whole = check_of(words, count, 5);
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = a + 1; b < count; ++b) {
        std::swap(words[a], words[b]);
        ASSERT_NE(check_of(words, count, 5), whole) << a << " and " << b << " of " << count;
        std::swap(words[a], words[b]);
      }
    }
  }
}

// What two writers leave in one slot: each word is from one or the other.
TEST(Checksum, FindsMixturesOfTwoRecords) {
  std::mt19937_64 random(4);
  const Words one = random_words(5);
  // Two records of one session differ only in a few words, and only a little.
  Words other = one;
  for (std::size_t i = 3; i < kWords; i += 3) other[i] += 1;
  const std::uint64_t check_of_one = check_of(one, kWords, 5);
  const std::uint64_t check_of_other = check_of(other, kWords, 5 + 16);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t choice = random();
    Words mixed;
    for (std::size_t n = 0; n < kWords; ++n) mixed[n] = (choice >> n & 1) != 0 ? one[n] : other[n];
    if (mixed != one) {
      ASSERT_NE(check_of(mixed, kWords, 5), check_of_one);
    }
    if (mixed != other) {
      ASSERT_NE(check_of(mixed, kWords, 5 + 16), check_of_other);
    }
  }
}

TEST(Checksum, FindsAPrefixOfOneRecordOverAnother) {
  const Words one = random_words(6);
  const Words other = random_words(7);
  for (std::size_t copied = 0; copied < kWords; ++copied) {
    Words torn = other;
    std::copy(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(copied), torn.begin());
    EXPECT_NE(check_of(torn, kWords, 9), check_of(one, kWords, 9)) << copied;
  }
}

TEST(Checksum, DiffersForEveryTicketOfTheSameRecord) {
  const Words words = random_words(8);
  const std::uint64_t check = check_of(words, kWords, 1'000'000);
  for (std::uint64_t ticket = 0; ticket < 1'000'000; ++ticket) {
    ASSERT_NE(check_of(words, kWords, ticket), check);
  }
}

TEST(Checksum, DiffersForEveryLengthOfTheSameBytes) {
  const Words words{};
  for (std::size_t count = kFewest; count < kWords; ++count) {
    EXPECT_NE(check_of(words, count, 5), check_of(words, count + 1, 5)) << count;
  }
}

}  // namespace
}  // namespace pppol2tp::ring::internal
