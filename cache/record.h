// What: an artifact as stored: self-describing and self-defending bytes, little-endian everywhere.
// Threads: pure.
//
//   offset  bytes
//   0       8    magic "fp4jit\r\n"
//   8       4    format version (kRecordVersion)
//   12      4    header length: everything before the payload
//   16      16   key: low, high
//   32      4    kind
//   36      4    flags (1: waits for its predecessor, as PDL asks)
//   40      8    toolchain: NVRTC major, minor
//   48      4    lowest driver that loads it (13000 = CUDA 13.0)
//   52      4    registers per thread
//   56      4    static shared memory, bytes
//   60      16   lengths: target, kernel symbol, spec, key text
//   76      8    payload length
//   84           target · kernel symbol · spec · key text · payload
//   end-16  16   XXH3-128 over everything before: low, high
//
// Every later version keeps the magic, the place of the version and the checksum at the end: by
// them a reader tells a sound record of another version, which is left alone, from a damaged one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "cache/digest.h"

namespace fp4jit::cache {

inline constexpr uint32_t kRecordVersion = 1;

struct Toolchain {
  uint32_t major = 0;
  uint32_t minor = 0;

  auto operator<=>(const Toolchain&) const = default;
  std::string text() const;  // "13.0"
};

enum class Kind : uint32_t { kCubin = 1, kPtx = 2 };

struct Record {
  Digest key;
  Kind kind = Kind::kCubin;
  bool waits_for_predecessor = false;
  Toolchain toolchain;
  uint32_t lowest_driver = 0;
  uint32_t registers = 0;
  uint32_t shared_bytes = 0;
  std::string target;         // "sm_100a"
  std::string kernel_symbol;  // as the driver looks it up
  std::string spec;           // canonical text
  std::string key_text;       // DigestBuilder::text() of the request
  std::string payload;

  bool operator==(const Record&) const = default;
};

std::string encode_record(const Record& record);

// Why bytes are no record: kDamaged fails its own checksum, is cut, or contradicts itself;
// kOtherVersion has a right checksum over things that this version does not know, and is somebody
// else's.
enum class RecordFault { kNone, kDamaged, kOtherVersion };

struct DecodedRecord {
  RecordFault fault = RecordFault::kNone;
  std::string reason;  // "truncated", "magic", "checksum", "lengths"; or "version 2", "kind 7"
  Record record;       // when kNone
};

// Takes any bytes: never reads past them, never allocates more than their length.
DecodedRecord decode_record(std::string_view bytes);

}  // namespace fp4jit::cache
