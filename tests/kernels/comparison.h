// What: inputs as bits, and the template's bytes against the host's.
// Threads: reentrant.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "host/quantize.h"
#include "spec/shape.h"
#include "spec/spec.h"

namespace fp4jit {

// Elements in memory order, written as bits of their type.
class Elements {
 public:
  Elements(Dtype type, int64_t count)
      : width_(static_cast<size_t>(dtype_bytes(type))),
        bytes_(static_cast<size_t>(count) * width_) {}

  // The low bits of `bits`: both types of 16 bits and f32 are little-endian here.
  void set(int64_t index, uint32_t bits) {
    std::memcpy(&bytes_[static_cast<size_t>(index) * width_], &bits, width_);
  }
  uint32_t get(int64_t index) const {
    uint32_t bits = 0;
    std::memcpy(&bits, &bytes_[static_cast<size_t>(index) * width_], width_);
    return bits;
  }
  int64_t size() const { return static_cast<int64_t>(bytes_.size() / width_); }
  const void* bytes() const { return bytes_.data(); }

 private:
  size_t width_;
  std::vector<uint8_t> bytes_;
};

// Both outputs of a call with guard bytes around them, all filled with `fill`.
class Outputs {
 public:
  Outputs(const OutputShape& shape, uint8_t fill);

  host::QuantizeCall call(const Elements& input, const float* global_scale, const Extent& extent);
  const uint8_t* data() const { return data_.data() + kGuardBytes; }
  const uint8_t* sf() const { return sf_.data() + kGuardBytes; }
  bool guards_untouched() const;

  static constexpr size_t kGuardBytes = 1024;

 private:
  uint8_t fill_;
  std::vector<uint8_t> data_, sf_;
};

// Whether all bytes are the same; the message names the first block that differs, with its
// elements.
testing::AssertionResult same_bytes(const Spec& spec, const Extent& extent, const Elements& input,
                                    const Outputs& actual, const Outputs& expected);

// Quantises `elements` as rows of kEmulatedK with the template of every emulated target and on the
// host. `spec` says format, input and recipe; the elements are a multiple of kEmulatedK.
void expect_host_bytes(Spec spec, const Elements& elements, float global_scale);

// A spec for expect_host_bytes.
Spec values_spec(Format format, Dtype in, Numerics numerics);

}  // namespace fp4jit
