#include "agent/http/stack_pages.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <array>
#include <cstdint>
#include <thread>

namespace pppol2tp::http {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kPages = 16;

// Writes to some pages of the stack, and returns where they are.
[[gnu::noinline]] std::uintptr_t use_stack() {
  std::array<volatile char, (kPages + 1) * kPage> bytes;
  for (std::size_t i = 0; i < bytes.size(); i += kPage) bytes[i] = 1;
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
  return begin + kPage - begin % kPage;
}

// How many of the pages are in memory.
std::size_t resident_pages(std::uintptr_t begin) {
  std::array<unsigned char, kPages> flags{};
  EXPECT_EQ(mincore(reinterpret_cast<void*>(begin), kPages * kPage, flags.data()), 0);
  std::size_t count = 0;
  for (const unsigned char flag : flags) count += flag & 1;
  return count;
}

TEST(StackPages, AreReturnedWhenTheyAreNotUsedAnyMore) {
  std::size_t before = 0;
  std::size_t after = kPages;
  std::thread([&] {
    const std::uintptr_t begin = use_stack();
    before = resident_pages(begin);
    return_unused_stack_pages();
    after = resident_pages(begin);
  }).join();
  EXPECT_EQ(before, kPages);
  EXPECT_LT(after, kPages / 2);  // this test's own functions use some
}

TEST(StackPages, ThatAreUsedKeepTheirContents) {
  std::array<char, 4 * kPage> bytes{};
  std::thread([&] {
    std::array<char, 4 * kPage> own;
    own.fill('x');
    return_unused_stack_pages();
    bytes = own;
  }).join();
  for (const char byte : bytes) ASSERT_EQ(byte, 'x');
}

}  // namespace
}  // namespace pppol2tp::http
