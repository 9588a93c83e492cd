// What: the quantisers once more, slowly and plainly: a reading of the specification in exact
// double arithmetic, tables of thresholds and one loop per element. It shares nothing with
// runtime/host but the names of the formats.
#pragma once

#include <cstdint>
#include <vector>

#include "spec/fields.h"

namespace fp4jit::oracle {

struct Request {
  Format format;
  Numerics numerics;
  Dtype in;
  float global_scale;
  Scale scale = Scale::kTensor;  // MX reads neither this nor the global scale,
  Ue8m0 ue8m0 = Ue8m0::kRceil;   // and nvfp4 not this
};

struct Block {
  uint8_t sf;
  std::vector<uint8_t> codes;  // one per element
};

// The exact value of an element's bits.
float decode(Dtype dtype, uint32_t bits);

uint8_t e2m1(double value);
uint8_t e4m3(double value);
uint8_t ue8m0_up(double value);

int block_length(Format format);

// `elements`: the bits of one block.
Block quantize_block(const Request& request, const std::vector<uint32_t>& elements);

// Codes as they are stored: two per byte, the first in the low half; mxfp8 one per byte.
std::vector<uint8_t> pack(Format format, const std::vector<uint8_t>& codes);

int64_t sf_offset(SfLayout layout, int64_t n, int64_t m, int64_t k);

}  // namespace fp4jit::oracle
