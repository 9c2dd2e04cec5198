#include "agent/http/base64.h"

#include <gtest/gtest.h>

namespace pppol2tp::http {
namespace {

TEST(Base64, IsDecodedWithAnyPadding) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("Zg=="), "f");
  EXPECT_EQ(decode_base64("Zm8="), "fo");
  EXPECT_EQ(decode_base64("Zm9v"), "foo");
  EXPECT_EQ(decode_base64("Zm9vYmFy"), "foobar");
}

TEST(Base64, KeepsEveryByte) {
  EXPECT_EQ(decode_base64("AAD/+/8="), std::string("\0\0\xFF\xFB\xFF", 5));
}

TEST(Base64, IsNotReadOutOfAnythingElse) {
  for (const char* text : {"Zg", "Zg=", "Z===", "====", "Zm9v=", "Zm 9", "Zm9-", "Zg==Zg==", "\n",
                           "=Zm9", "Zh==", "Zm9="}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace pppol2tp::http
