#include "cache/object_name.h"

#include <gtest/gtest.h>

namespace fp4jit::cache {
namespace {

const ObjectName kName{{0xab00000000000000, 0x1f}, {13, 2}};
constexpr const char* kFile = "00000000000000000000000000001f-13.2.rec";

TEST(ObjectName, IsTwoDigitsThenTheRestAndTheToolchain) {
  EXPECT_EQ(kName.folder(), "ab");
  EXPECT_EQ(kName.file(), kFile);
}

TEST(ObjectName, ParsesItself) {
  EXPECT_EQ(parse_object_name("ab", kFile), kName);
}

TEST(ObjectName, TakesOneSpellingOnly) {
  const std::string digits = "00000000000000000000000000001f";
  for (const char* rest : {"-13.2", ".rec", "-.rec", "-13.rec", "-13..rec", "-13.2.REC",
                           "-013.2.rec", "-13.2.rec.checksum", "_13.2.rec", "-13.2.3.rec",
                           "-13.-2.rec", "-13.2 .rec", "-99999999999.2.rec", "", "0-13.2.rec"}) {
    EXPECT_EQ(parse_object_name("ab", digits + rest), std::nullopt) << rest;
  }
  EXPECT_EQ(parse_object_name("a", kFile), std::nullopt);
  EXPECT_EQ(parse_object_name("AB", kFile), std::nullopt);
  EXPECT_EQ(parse_object_name("abc", std::string(kFile).substr(1)), std::nullopt);
  EXPECT_EQ(parse_object_name("", std::string("ab") + kFile), std::nullopt);
  EXPECT_EQ(parse_object_name("ab", ""), std::nullopt);
}

}  // namespace
}  // namespace fp4jit::cache
