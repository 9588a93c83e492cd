// What: blocks with the bytes that they quantise to, for the host operators and the kernels alike.
// Computed from the published rules with NVIDIA's host conversion headers, not by this library.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "spec/fields.h"

namespace fp4jit::golden {

struct QuantizeVector {
  std::string_view name;
  Format format;
  float global_scale;
  std::vector<float> block;
  uint8_t sf;
  std::string_view bytes;  // hexadecimal
  bool robust;             // the same for a multiplier up to 3 ulp off: holds on a GPU's trtllm too
};

inline std::vector<float> ramp(int length, float step) {
  std::vector<float> block;
  for (int i = 0; i < length; ++i) block.push_back(static_cast<float>(i) * step - 4.0f);
  return block;
}

// `first` and then zeros.
inline std::vector<float> padded(std::vector<float> first, size_t length) {
  first.resize(length);
  return first;
}

inline const std::vector<float> kBlockC = {-7.1875f, 5.875f,  2.875f,  -0.125f,  -3.125f,  -6.125f,
                                           6.9375f,  3.9375f, 0.9375f, -2.0625f, -5.0625f, 8.0f,
                                           5.0f,     2.0f,    -1.0f,   -4.0f};
inline const std::vector<float> kBlockD = {
    -3.75f,   1.84375f,  -0.53125f, -2.90625f, 2.6875f, 0.3125f, -2.0625f, 3.53125f,
    1.15625f, -1.21875f, -3.59375f, 2.0f,      -0.375f, -2.75f,  2.84375f, 0.46875f};

// Each holds for `exact` and, with correctly rounded reciprocals, for `trtllm`.
inline const std::vector<QuantizeVector> kQuantizeVectors = {
    {"ramp", Format::kNvfp4, 1, ramp(16, 0.5f), 0x33, "ffeecd9b10436576", true},
    {"ramp, tie", Format::kNvfp4, 672, ramp(16, 0.5f), 0x7e, "ffeecdab20436576", false},
    {"c", Format::kNvfp4, 1, kBlockC, 0x3b, "6f84ec57b17e36d9", true},
    {"c, times 64", Format::kNvfp4, 64, kBlockC, 0x6b, "6f84ec57b17e36d9", true},
    {"c, tie", Format::kNvfp4, 336, kBlockC, 0x7e, "6f84ec57b17e36da", false},
    {"d", Format::kNvfp4, 336, kBlockD, 0x75, "5fea167dc45fe926", true},
    {"d, times 1", Format::kNvfp4, 1, kBlockD, 0x32, "5fea167dc45fe926", false},
    {"d, times 64", Format::kNvfp4, 64, kBlockD, 0x62, "5fea167dc45fe926", false},
    {"a sixth rounded down would be seen", Format::kNvfp4, 1, padded({7.125f, -0.0f, -0.1f}, 16),
     0x3a, "8708000000000000", true},
    {"minus zero", Format::kNvfp4, 1, padded({0.0f, -0.0f}, 16), 0x00, "8000000000000000", true},
    {"ramp", Format::kMxfp4, 1, ramp(32, 0.25f), 127, "eededdccccabaa890021224344545566", true},
    {"six", Format::kMxfp4, 1, padded({6.0f}, 32), 127, "07000000000000000000000000000000", true},
    {"just above six", Format::kMxfp4, 1, padded({6.03125f}, 32), 128,
     "05000000000000000000000000000000", true},
    {"ramp", Format::kMxfp8, 1, ramp(32, 0.25f), 121,
     "f8f7f6f5f4f3f2f1f0eeeceae8e4e0d800586064686a6c6e7071727374757677", true},
    {"448", Format::kMxfp8, 1, padded({448.0f}, 32), 127,
     "7e00000000000000000000000000000000000000000000000000000000000000", true},
    {"450", Format::kMxfp8, 1, padded({450.0f}, 32), 128,
     "7600000000000000000000000000000000000000000000000000000000000000", true},
};

}  // namespace fp4jit::golden
