#include "cache/digest.h"

#include <gtest/gtest.h>

namespace fp4jit::cache {
namespace {

// The value for empty input in xxHash's own documentation and tests.
constexpr const char* kEmptyHash = "99aa06d3014798d86001c324468d497f";

TEST(Digest, IsXxh3With128Bits) {
  EXPECT_EQ(digest_bytes("").hex(), kEmptyHash);
}

TEST(Digest, HexIsThirtyTwoLowerCaseDigitsHighHalfFirst) {
  EXPECT_EQ((Digest{0xAB, 0x1}).hex(), "00000000000000ab0000000000000001");
}

TEST(Digest, ParsesItsOwnHexAndNothingElse) {
  EXPECT_EQ(parse_digest("00000000000000ab0000000000000001"), (Digest{0xAB, 0x1}));
  EXPECT_EQ(parse_digest(kEmptyHash), digest_bytes(""));
  EXPECT_EQ(parse_digest("00000000000000AB0000000000000001"), std::nullopt);
  EXPECT_EQ(parse_digest("0000000000000ab0000000000000001"), std::nullopt);
  EXPECT_EQ(parse_digest("00000000000000ab00000000000000012"), std::nullopt);
  EXPECT_EQ(parse_digest("0x000000000000ab0000000000000001"), std::nullopt);
  EXPECT_EQ(parse_digest("00000000000000ab-000000000000001"), std::nullopt);
  EXPECT_EQ(parse_digest(""), std::nullopt);
}

Digest digest_of(std::initializer_list<std::pair<const char*, const char*>> fields) {
  DigestBuilder builder;
  for (const auto& [name, value] : fields) builder.field(name, value);
  return builder.finish();
}

TEST(DigestBuilder, HashesLengthAndBytesOfNameAndValue) {
  using namespace std::string_literals;
  std::string bytes = "\2\0\0\0\0\0\0\0op\3\0\0\0\0\0\0\0abc\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0x"s;
  EXPECT_EQ(digest_of({{"op", "abc"}, {"", "x"}}), digest_bytes(bytes));
  EXPECT_EQ(DigestBuilder().finish().hex(), kEmptyHash);
}

TEST(DigestBuilder, DelimitsFields) {
  Digest plain = digest_of({{"a", "bc"}, {"d", "e"}});
  EXPECT_NE(plain, digest_of({{"ab", "c"}, {"d", "e"}}));
  EXPECT_NE(plain, digest_of({{"a", "b"}, {"cd", "e"}}));
  EXPECT_NE(plain, digest_of({{"a", "bcde"}}));
  EXPECT_NE(plain, digest_of({{"a", "bc"}, {"d", "e"}, {"", ""}}));
  EXPECT_NE(plain, digest_of({{"d", "e"}, {"a", "bc"}}));
  EXPECT_EQ(plain, digest_of({{"a", "bc"}, {"d", "e"}}));
}

TEST(DigestBuilder, TextHasALinePerFieldAndEscapesLineFeeds) {
  DigestBuilder builder;
  builder.field("spec", "k=1");
  builder.field("note", "a\nb\\n");
  EXPECT_EQ(builder.text(), "spec=k=1\nnote=a\\nb\\\\n\n");
}

TEST(DigestBuilder, TextsDifferWhereFieldsDo) {
  DigestBuilder one, two;
  one.field("a", "1\nb=2");
  two.field("a", "1");
  two.field("b", "2");
  EXPECT_NE(one.text(), two.text());
}

TEST(DigestBuilder, KeepsItsFieldsInOrder) {
  DigestBuilder builder;
  builder.field("z", "1");
  builder.field("a", "2");
  ASSERT_EQ(builder.fields().size(), 2u);
  EXPECT_EQ(builder.fields()[0], std::make_pair(std::string("z"), std::string("1")));
  EXPECT_EQ(builder.fields()[1], std::make_pair(std::string("a"), std::string("2")));
}

}  // namespace
}  // namespace fp4jit::cache
