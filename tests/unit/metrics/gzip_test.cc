#include "agent/metrics/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace pppol2tp::metrics {
namespace {

// The text of a whole gzip stream, by zlib; says so in the text if it is not one.
std::string inflated(const std::string& gzip) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return "no zlib";
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string out;
  std::string part(65536, '\0');
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    result = inflate(&stream, Z_NO_FLUSH);
    out.append(part.data(), part.size() - stream.avail_out);
  }
  const bool is_whole = result == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return is_whole ? out : "not a whole gzip stream";
}

std::string gzip_of(const std::vector<Segment>& segments) {
  std::string out(kGzipHead);
  GzipBooks books;
  for (const Segment& segment : segments) {
    out += segment.deflated;
    books.add(segment);
  }
  return out + books.trailer();
}

TEST(Gzip, OfNothingIsAWholeStream) {
  EXPECT_EQ(inflated(gzip_of({})), "");
}

TEST(Gzip, OfSegmentsInAnyOrderIsTheirTextsInThatOrder) {
  Deflater deflater;
  const Segment a = deflater.deflate("first text, first text, first text\n");
  const Segment b = deflater.deflate(std::string(100'000, 'b'));
  EXPECT_EQ(inflated(gzip_of({a, b})),
            "first text, first text, first text\n" + std::string(100'000, 'b'));
  EXPECT_EQ(inflated(gzip_of({b, a, a})), std::string(100'000, 'b') +
                                              "first text, first text, first text\n"
                                              "first text, first text, first text\n");
}

TEST(Gzip, TakesWhatCannotBeMadeSmaller) {
  std::mt19937_64 random(1);
  Deflater deflater;
  for (const std::size_t size : {1u, 100u, 65535u, 65536u, 300'000u}) {
    std::string noise(size, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    EXPECT_EQ(inflated(gzip_of({deflater.deflate(noise)})), noise) << size;
  }
}

TEST(Gzip, TakesAnEmptyText) {
  Deflater deflater;
  EXPECT_EQ(inflated(gzip_of({deflater.deflate(""), deflater.deflate("x"), deflater.deflate("")})),
            "x");
}

std::string repetitive_text() {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "pppol2tp_session_up{tunnel_id=\"1\",session_id=\"" + std::to_string(i) + "\"} 1\n";
  }
  return text;
}

TEST(Gzip, MakesRepetitiveTextMuchSmaller) {
  Deflater deflater;
  const std::string text = repetitive_text();
  EXPECT_LT(deflater.deflate(text).deflated.size(), text.size() / 8);
}

TEST(Gzip, DoesNotDependOnWhatWasInItsMemoryBefore) {
  const std::string text = repetitive_text();
  std::set<std::string> results;
  for (std::uint16_t garbage = 0; garbage < 16; ++garbage) {
    // More than a deflater needs; small enough that the allocator gives it to the next one again.
    for (const std::size_t size : {2'000'000, 1'000'000}) {
      const std::vector<std::uint16_t> memory(size, garbage);
      const volatile std::uint16_t* const last = &memory.back();
      ASSERT_EQ(*last, garbage);
    }
    results.insert(Deflater().deflate(text).deflated);
  }
  EXPECT_EQ(results.size(), 1u);
}

TEST(Gzip, SaysItsLengthModulo32BitsAndItsChecksum) {
  GzipBooks books;
  books.add({"", 0, (std::uint64_t{1} << 32) + 5});
  EXPECT_EQ(books.trailer().substr(6), std::string("\5\0\0\0", 4));
}

}  // namespace
}  // namespace pppol2tp::metrics
