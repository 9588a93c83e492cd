#include "tests/gpu/rounding_boundary.h"

#include <cmath>
#include <cstring>

namespace fp4jit {
namespace {

double small_float(uint32_t bits, int exponent_bits, int mantissa_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = static_cast<int>(bits >> mantissa_bits & ((1u << exponent_bits) - 1));
  const double mantissa = bits & ((1u << mantissa_bits) - 1);
  const double sign = (bits >> (exponent_bits + mantissa_bits) & 1) != 0 ? -1 : 1;
  if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias - mantissa_bits);
  return sign * std::ldexp(mantissa + (1 << mantissa_bits), exponent - bias - mantissa_bits);
}

}  // namespace

double element_at(Dtype in, const void* elements, int64_t i) {
  const auto* bytes = static_cast<const uint8_t*>(elements);
  if (in == Dtype::kF32) {
    float value = 0;
    std::memcpy(&value, bytes + i * 4, sizeof value);
    return value;
  }
  uint16_t bits = 0;
  std::memcpy(&bits, bytes + i * 2, sizeof bits);
  return in == Dtype::kF16 ? small_float(bits, 5, 10) : small_float(bits, 8, 7);
}

bool on_boundary(double element, uint8_t sf, float global_scale) {
  const double scaled = std::abs(element) * global_scale / small_float(sf, 4, 3);
  for (double boundary : {0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5.0}) {
    if (std::abs(scaled / boundary - 1) < 0x1p-20) return true;
  }
  return false;
}

}  // namespace fp4jit
