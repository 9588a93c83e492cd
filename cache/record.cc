#include "cache/record.h"

#include "base/format.h"
#include "cache/little_endian.h"

namespace fp4jit::cache {
namespace {

constexpr std::string_view kMagic = "fp4jit\r\n";
constexpr size_t kFixedBytes = 84;  // the header up to its texts
constexpr size_t kChecksumBytes = 16;
constexpr uint32_t kWaitsFlag = 1;

void append_digest(const Digest& digest, std::string* bytes) {
  append_u64(digest.low, bytes);
  append_u64(digest.high, bytes);
}

Digest load_digest(std::string_view bytes, size_t offset) {
  return {load_u64(bytes, offset + 8), load_u64(bytes, offset)};
}

// The texts of a record, in the order of their lengths and of their bytes.
constexpr std::string Record::*kTexts[] = {&Record::target, &Record::kernel_symbol, &Record::spec,
                                           &Record::key_text};
constexpr size_t kLengthsOffset = 60;
constexpr size_t kPayloadLengthOffset = 76;

DecodedRecord damaged(std::string reason) {
  return {RecordFault::kDamaged, std::move(reason), {}};
}

DecodedRecord foreign(std::string reason) {
  return {RecordFault::kOtherVersion, std::move(reason), {}};
}

// Whether the lengths that stand in the header add up to the bytes that are there.
bool lengths_hold(std::string_view bytes) {
  uint64_t header = kFixedBytes;
  for (size_t i = 0; i < std::size(kTexts); ++i) header += load_u32(bytes, kLengthsOffset + 4 * i);
  uint64_t room = bytes.size() - kChecksumBytes;
  return header == load_u32(bytes, 12) && header <= room &&
         load_u64(bytes, kPayloadLengthOffset) == room - header;
}

// Requires lengths_hold.
Record load_record(std::string_view bytes) {
  Record record;
  record.key = load_digest(bytes, 16);
  record.kind = static_cast<Kind>(load_u32(bytes, 32));
  record.waits_for_predecessor = load_u32(bytes, 36) & kWaitsFlag;
  record.toolchain = {load_u32(bytes, 40), load_u32(bytes, 44)};
  record.lowest_driver = load_u32(bytes, 48);
  record.registers = load_u32(bytes, 52);
  record.shared_bytes = load_u32(bytes, 56);
  size_t offset = kFixedBytes;
  for (size_t i = 0; i < std::size(kTexts); ++i) {
    uint32_t length = load_u32(bytes, kLengthsOffset + 4 * i);
    record.*kTexts[i] = bytes.substr(offset, length);
    offset += length;
  }
  record.payload = bytes.substr(offset, bytes.size() - kChecksumBytes - offset);
  return record;
}

bool known_kind(uint32_t kind) {
  return kind == static_cast<uint32_t>(Kind::kCubin) || kind == static_cast<uint32_t>(Kind::kPtx);
}

}  // namespace

std::string Toolchain::text() const {
  return formatted("{}.{}", major, minor);
}

std::string encode_record(const Record& record) {
  size_t header = kFixedBytes;
  for (auto text : kTexts) header += (record.*text).size();
  std::string bytes;
  bytes.reserve(header + record.payload.size() + kChecksumBytes);
  bytes += kMagic;
  append_u32(kRecordVersion, &bytes);
  append_u32(static_cast<uint32_t>(header), &bytes);
  append_digest(record.key, &bytes);
  append_u32(static_cast<uint32_t>(record.kind), &bytes);
  append_u32(record.waits_for_predecessor ? kWaitsFlag : 0, &bytes);
  append_u32(record.toolchain.major, &bytes);
  append_u32(record.toolchain.minor, &bytes);
  append_u32(record.lowest_driver, &bytes);
  append_u32(record.registers, &bytes);
  append_u32(record.shared_bytes, &bytes);
  for (auto text : kTexts) append_u32(static_cast<uint32_t>((record.*text).size()), &bytes);
  append_u64(record.payload.size(), &bytes);
  for (auto text : kTexts) bytes += record.*text;
  bytes += record.payload;
  append_digest(digest_bytes(bytes), &bytes);
  return bytes;
}

DecodedRecord decode_record(std::string_view bytes) {
  if (bytes.size() < kMagic.size() + 4 + kChecksumBytes) return damaged("truncated");
  if (!bytes.starts_with(kMagic)) return damaged("magic");
  size_t checksum_at = bytes.size() - kChecksumBytes;
  if (digest_bytes(bytes.substr(0, checksum_at)) != load_digest(bytes, checksum_at)) {
    return damaged("checksum");
  }
  if (uint32_t version = load_u32(bytes, 8); version != kRecordVersion) {
    return foreign(formatted("version {}", version));
  }
  if (checksum_at < kFixedBytes || !lengths_hold(bytes)) return damaged("lengths");
  if (uint32_t kind = load_u32(bytes, 32); !known_kind(kind)) {
    return foreign(formatted("kind {}", kind));
  }
  if (uint32_t flags = load_u32(bytes, 36); flags & ~kWaitsFlag) {
    return foreign(formatted("flags {:#x}", flags));
  }
  return {RecordFault::kNone, "", load_record(bytes)};
}

}  // namespace fp4jit::cache
