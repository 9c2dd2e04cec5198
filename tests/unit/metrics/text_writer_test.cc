#include "agent/metrics/text_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

namespace pppol2tp::metrics {
namespace {

std::string escaped(std::string_view raw) {
  std::string out;
  append_label_value(out, raw);
  return out;
}

std::string shown(const Number& number, std::int64_t offset = 0) {
  std::string out;
  append_number(out, number, offset);
  return out;
}

TEST(LabelValue, PlainTextAndUtf8StayAsTheyAre) {
  EXPECT_EQ(escaped("user@example.net"), "user@example.net");
  EXPECT_EQ(escaped("jürgen-日本-😀"), "jürgen-日本-😀");
}

TEST(LabelValue, WhatTheFormatReservesIsEscaped) {
  EXPECT_EQ(escaped("a\\b\"c\nd"), "a\\\\b\\\"c\\nd");
}

TEST(LabelValue, BytesThatAreNotUtf8BecomeVisible) {
  EXPECT_EQ(escaped("\xff"), "\\\\xff");
  EXPECT_EQ(escaped("a\xc3"), "a\\\\xc3") << "cut in the middle of a character";
  EXPECT_EQ(escaped("\xc0\xaf"), "\\\\xc0\\\\xaf") << "overlong";
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\\\xed\\\\xa0\\\\x80") << "surrogate";
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\\\\xf4\\\\x90\\\\x80\\\\x80") << "beyond U+10FFFF";
  EXPECT_EQ(escaped("\xe0\x80\x80"), "\\\\xe0\\\\x80\\\\x80") << "overlong in three bytes";
}

TEST(LabelValue, ControlCharactersBecomeVisible) {
  EXPECT_EQ(escaped(std::string_view("\x00\x1b\x7f\r", 4)), "\\\\x00\\\\x1b\\\\x7f\\\\x0d");
}

// Every byte that a peer can choose, alone and after a lead byte, must leave valid UTF-8 without
// control characters or bare quotes: otherwise Prometheus refuses the whole scrape.
TEST(LabelValue, NoByteAPeerCanSendGetsThrough) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const char raw[2] = {static_cast<char>(first), static_cast<char>(second)};
      const std::string out = escaped({raw, 2});
      for (std::size_t i = 0; i < out.size(); ++i) {
        const auto byte = static_cast<unsigned char>(out[i]);
        ASSERT_GE(byte, 0x20) << first << " " << second;
        ASSERT_NE(byte, 0x7f) << first << " " << second;
        if (byte >= 0x80) {
          ASSERT_TRUE(first >= 0xc2 && first <= 0xdf && second >= 0x80 && second <= 0xbf)
              << first << " " << second;
        }
      }
    }
  }
}

TEST(NumberText, CountersAreExactToTheLastDigit) {
  EXPECT_EQ(shown(count(0)), "0");
  EXPECT_EQ(shown(count(std::numeric_limits<std::uint64_t>::max())), "18446744073709551615");
}

// Around every power of ten, where the number of digits changes, and at random.
TEST(NumberText, EveryNumberIsWhatTheLibraryMakesOfIt) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t power = 1;; power *= 10) {
    for (std::uint64_t number : {power - 1, power, power + 1, 2 * power, 9 * power}) {
      numbers.push_back(number);
    }
    if (power == 10'000'000'000'000'000'000u) break;
  }
  std::mt19937_64 random(5);
  for (int i = 0; i < 200'000; ++i) numbers.push_back(random() >> random() % 64);
  for (const std::uint64_t number : numbers)
    ASSERT_EQ(shown(count(number)), std::to_string(number));
}

TEST(NumberText, EverySecondIsItsNanosecondsWithoutZerosAtTheEnd) {
  std::mt19937_64 random(6);
  for (int i = 0; i < 200'000; ++i) {
    std::uint64_t ns = random() >> random() % 64;
    if (i % 2 == 0) ns = ns / 1'000'000 * 1'000'000;
    std::string fraction = std::to_string(ns % 1'000'000'000);
    fraction.insert(0, 9 - fraction.size(), '0');
    fraction.erase(fraction.find_last_not_of('0') + 1);
    const std::string whole = std::to_string(ns / 1'000'000'000);
    ASSERT_EQ(shown(seconds(ns)), fraction.empty() ? whole : whole + '.' + fraction);
  }
}

TEST(NumberText, DurationsAreSeconds) {
  EXPECT_EQ(shown(seconds(1'500'000'000)), "1.5");
  EXPECT_EQ(shown(seconds(2'000'000'000)), "2");
  EXPECT_EQ(shown(seconds(1)), "0.000000001");
}

TEST(NumberText, TimesAreUnixTimes) {
  EXPECT_EQ(shown(at(5'250'000'000), 1'700'000'000'000'000'000), "1700000005.25");
}

TEST(NumberText, RealsAreSpelledAsTheFormatWants) {
  EXPECT_EQ(shown(number(0.1)), "0.1");
  EXPECT_EQ(shown(number(std::numeric_limits<double>::quiet_NaN())), "NaN");
  EXPECT_EQ(shown(number(std::numeric_limits<double>::infinity())), "+Inf");
  EXPECT_EQ(shown(number(-std::numeric_limits<double>::infinity())), "-Inf");
}

}  // namespace
}  // namespace pppol2tp::metrics
