// What: one call of the host quantiser on buffers with guards on both sides.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "host/quantize.h"
#include "spec/text.h"
#include "tests/host/oracle.h"
#include "tests/spec/every_spec.h"

namespace fp4jit {

// Bytes at an aligned address, with a stretch before and behind that nobody may write.
class GuardedBytes {
 public:
  GuardedBytes(int64_t bytes, uint8_t fill)
      : bytes_(static_cast<size_t>(bytes)), storage_(bytes_ + 2 * kGuard + kAlignment, kGuardByte) {
    const uintptr_t address = reinterpret_cast<uintptr_t>(storage_.data()) + kGuard;
    begin_ = storage_.data() + kGuard + (kAlignment - address % kAlignment) % kAlignment;
    std::memset(begin_, fill, bytes_);
  }

  uint8_t* data() { return begin_; }
  const uint8_t* data() const { return begin_; }
  size_t size() const { return bytes_; }
  bool operator==(const GuardedBytes& other) const {
    return bytes_ == other.bytes_ && std::memcmp(begin_, other.begin_, bytes_) == 0;
  }

  bool guards_intact() const {
    auto intact = [](const uint8_t* first, const uint8_t* last) {
      return std::all_of(first, last, [](uint8_t byte) { return byte == kGuardByte; });
    };
    return intact(storage_.data(), begin_) &&
           intact(begin_ + bytes_, storage_.data() + storage_.size());
  }

 private:
  static constexpr size_t kGuard = 256, kAlignment = 64;
  static constexpr uint8_t kGuardByte = 0xA5;
  size_t bytes_;
  std::vector<uint8_t> storage_;
  uint8_t* begin_;
};

inline Spec host_spec(Format format, Numerics numerics, Dtype in,
                      SfLayout layout = SfLayout::kLinear, uint32_t k = 0, uint32_t k_out = 0) {
  Spec spec;
  spec.format = format;
  spec.k = k;
  spec.k_out = k_out == 0 ? k : k_out;
  spec.in = in;
  spec.sf_layout = layout;
  spec.scale = default_scale(format);
  spec.numerics = numerics;
  spec.target = {100, TargetSuffix::kArch, false};
  return spec;
}

// Calls visit(spec) for each format, scale, numerics and ue8m0 that has a template.
template <class Visit>
void for_each_recipe(Visit visit) {
  for_each_enumerator<Format>([&](Format format) {
    for_each_recipe_of(host_spec(format, Numerics::kExact, Dtype::kBf16), visit);
  });
}

inline oracle::Request request_of(const Spec& spec, Dtype in, float global_scale) {
  return {spec.format, spec.numerics, in, global_scale, spec.scale, spec.ue8m0};
}

struct HostOutput {
  GuardedBytes data;
  GuardedBytes sf;

  bool operator==(const HostOutput&) const = default;
};

// Quantises [m, k] elements; k and k_out as for resolve_extent.
inline HostOutput run_host(const Spec& spec, const void* input, Extent lengths, float global_scale,
                           uint8_t fill = 0x7F, int threads = 1) {
  Result<Extent> extent = resolve_extent(spec, lengths.m, lengths.k, lengths.k_out);
  EXPECT_TRUE(extent.ok()) << extent.status().message();
  const OutputShape shape = output_shape(spec, *extent);
  HostOutput output{GuardedBytes(shape.data_bytes(), fill), GuardedBytes(shape.sf_bytes(), fill)};
  const host::QuantizeCall call{input, &global_scale, output.data.data(), output.sf.data(),
                                *extent};
  Status status = host::quantize(spec, call, {threads});
  EXPECT_TRUE(status.ok()) << spec_text(spec) << ": " << status.message();
  EXPECT_TRUE(output.data.guards_intact()) << spec_text(spec);
  EXPECT_TRUE(output.sf.guards_intact()) << spec_text(spec);
  return output;
}

// Elements as bits, stored with the width of their dtype at an aligned address.
inline GuardedBytes store_elements(Dtype dtype, const std::vector<uint32_t>& bits) {
  const size_t width = static_cast<size_t>(dtype_bytes(dtype));
  GuardedBytes stored(static_cast<int64_t>(bits.size() * width), 0);
  for (size_t i = 0; i < bits.size(); ++i) std::memcpy(stored.data() + i * width, &bits[i], width);
  return stored;
}

}  // namespace fp4jit
