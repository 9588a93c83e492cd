// What: integers as little-endian bytes, on every host.
// Threads: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fp4jit::cache {

template <class Int>
void append_little_endian(Int value, std::string* bytes) {
  for (size_t i = 0; i < sizeof(Int); ++i) bytes->push_back(static_cast<char>(value >> (8 * i)));
}

inline void append_u32(uint32_t value, std::string* bytes) {
  append_little_endian(value, bytes);
}
inline void append_u64(uint64_t value, std::string* bytes) {
  append_little_endian(value, bytes);
}

// Requires offset + sizeof(Int) <= bytes.size().
template <class Int>
Int load_little_endian(std::string_view bytes, size_t offset) {
  Int value = 0;
  for (size_t i = 0; i < sizeof(Int); ++i) {
    value |= static_cast<Int>(static_cast<unsigned char>(bytes[offset + i])) << (8 * i);
  }
  return value;
}

inline uint32_t load_u32(std::string_view bytes, size_t offset) {
  return load_little_endian<uint32_t>(bytes, offset);
}
inline uint64_t load_u64(std::string_view bytes, size_t offset) {
  return load_little_endian<uint64_t>(bytes, offset);
}

}  // namespace fp4jit::cache
