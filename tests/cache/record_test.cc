#include "cache/record.h"

#include <gtest/gtest.h>

#include "tests/cache/scratch.h"

namespace fp4jit::cache {
namespace {

// A writer of its own, so that a change of the layout cannot go unseen: it follows the table in
// record.h.
class Writer {
 public:
  Writer& text(const std::string& text) {
    bytes_ += text;
    return *this;
  }
  Writer& number(uint64_t value, int size) {
    for (; size > 0; --size, value /= 256) bytes_ += static_cast<char>(value % 256);
    return *this;
  }
  Writer& u32(uint64_t value) { return number(value, 4); }
  const std::string& bytes() const { return bytes_; }

  // With the checksum of what was written so far.
  std::string sealed() const {
    Digest digest = digest_bytes(bytes_);
    return Writer(*this).number(digest.low, 8).number(digest.high, 8).bytes();
  }

 private:
  std::string bytes_;
};

Record fixed_record() {
  Record record;
  record.key = {0x1122334455667788, 0x99AABBCCDDEEFF00};
  record.kind = Kind::kPtx;
  record.waits_for_predecessor = true;
  record.toolchain = {13, 2};
  record.lowest_driver = 13020;
  record.registers = 37;
  record.shared_bytes = 513;
  record.target = "compute_100a";
  record.kernel_symbol = "sym";
  record.spec = "spec@x";
  record.key_text = "a=b\n";
  record.payload = std::string("\0\xFF payload", 10);
  return record;
}

struct Header {
  uint32_t version = 1, kind = 2, flags = 1, header_bytes = 84 + 12 + 3 + 6 + 4;
  uint32_t target_bytes = 12, symbol_bytes = 3, spec_bytes = 6, key_text_bytes = 4;
  uint64_t payload_bytes = 10;
};

std::string fixed_bytes(const Header& header = {}) {
  return Writer()
      .text("fp4jit\r\n")
      .u32(header.version)
      .u32(header.header_bytes)
      .number(0x99AABBCCDDEEFF00, 8)
      .number(0x1122334455667788, 8)
      .u32(header.kind)
      .u32(header.flags)
      .u32(13)
      .u32(2)
      .u32(13020)
      .u32(37)
      .u32(513)
      .u32(header.target_bytes)
      .u32(header.symbol_bytes)
      .u32(header.spec_bytes)
      .u32(header.key_text_bytes)
      .number(header.payload_bytes, 8)
      .text("compute_100asymspec@xa=b\n")
      .text(std::string("\0\xFF payload", 10))
      .sealed();
}

TEST(Record, LayoutIsFrozen) {
  EXPECT_EQ(encode_record(fixed_record()), fixed_bytes());
}

TEST(Record, DecodesWhatItEncoded) {
  Record empty;
  for (const Record& record : {fixed_record(), sample_record(), sample_record(100000), empty}) {
    DecodedRecord decoded = decode_record(encode_record(record));
    EXPECT_EQ(decoded.fault, RecordFault::kNone) << decoded.reason;
    EXPECT_EQ(decoded.record, record);
  }
}

TEST(Record, EveryFlippedBitIsDamage) {
  std::string good = encode_record(sample_record());
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    ASSERT_EQ(decode_record(bad).fault, RecordFault::kDamaged) << "bit " << bit;
  }
}

TEST(Record, EveryCutTailIsDamage) {
  std::string good = encode_record(sample_record());
  for (size_t length = 0; length < good.size(); ++length) {
    // A copy of its own size, so that a sanitizer sees a read beyond it.
    std::vector<char> cut(good.begin(), good.begin() + static_cast<ptrdiff_t>(length));
    DecodedRecord decoded = decode_record({cut.data(), cut.size()});
    ASSERT_EQ(decoded.fault, RecordFault::kDamaged) << length;
    ASSERT_FALSE(decoded.reason.empty());
  }
  EXPECT_EQ(decode_record(good + '\0').fault, RecordFault::kDamaged);
}

TEST(Record, ReasonsNameTheDamage) {
  std::string good = fixed_bytes(), other_magic = good;
  other_magic[0] = 'F';
  EXPECT_EQ(decode_record("").reason, "truncated");
  EXPECT_EQ(decode_record(other_magic).reason, "magic");
  EXPECT_EQ(decode_record(good.substr(0, good.size() - 1)).reason, "checksum");
}

// Lengths that lie under a right checksum: what a defect of a writer, or an attacker, would make.
TEST(Record, LyingLengthsAreDamage) {
  std::vector<Header> liars(8);
  liars[0].target_bytes = 0xFFFFFFFF;
  liars[1].payload_bytes = 0xFFFFFFFFFFFFFFFF;
  liars[2].payload_bytes = 11;
  liars[3].payload_bytes = 9;
  liars[4].header_bytes = 0;
  liars[5].key_text_bytes = 14, liars[5].header_bytes += 10;  // the payload's bytes taken twice
  liars[6].spec_bytes = 5;
  liars[7].key_text_bytes = 30, liars[7].header_bytes += 26, liars[7].payload_bytes -= 26;
  for (size_t i = 0; i < liars.size(); ++i) {
    DecodedRecord decoded = decode_record(fixed_bytes(liars[i]));
    EXPECT_EQ(decoded.fault, RecordFault::kDamaged) << i;
    EXPECT_EQ(decoded.reason, "lengths") << i;
  }
}

TEST(Record, AShortSoundRecordIsDamageAndNotReadBeyond) {
  std::string bytes = Writer().text("fp4jit\r\n").u32(1).u32(16).sealed();
  EXPECT_EQ(decode_record(bytes).reason, "lengths");
}

TEST(Record, WhatANewerWriterMadeIsNotDamage) {
  std::vector<std::pair<Header, std::string>> newer(3);
  newer[0].first.version = 2, newer[0].second = "version 2";
  newer[1].first.kind = 7, newer[1].second = "kind 7";
  newer[2].first.flags = 3, newer[2].second = "flags 0x3";
  for (const auto& [header, reason] : newer) {
    DecodedRecord decoded = decode_record(fixed_bytes(header));
    EXPECT_EQ(decoded.fault, RecordFault::kOtherVersion);
    EXPECT_EQ(decoded.reason, reason);
  }
}

TEST(Record, ToolchainsAreOrderedByNumber) {
  EXPECT_EQ((Toolchain{13, 0}).text(), "13.0");
  EXPECT_LT((Toolchain{12, 9}), (Toolchain{12, 10}));
  EXPECT_LT((Toolchain{12, 10}), (Toolchain{13, 0}));
}

}  // namespace
}  // namespace fp4jit::cache
