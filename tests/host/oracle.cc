#include "tests/host/oracle.h"

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <limits>

namespace fp4jit::oracle {
namespace {

// A small float's value: `exponent_bits` and `mantissa_bits` wide, IEEE's bias.
double decode_fields(uint32_t bits, int exponent_bits, int mantissa_bits, bool has_infinity) {
  const uint32_t mantissa = bits & ((1u << mantissa_bits) - 1);
  const int exponent = static_cast<int>(bits >> mantissa_bits & ((1u << exponent_bits) - 1));
  const bool negative = bits >> (exponent_bits + mantissa_bits) & 1;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const double fraction = std::ldexp(static_cast<double>(mantissa), -mantissa_bits);
  double value;
  if (has_infinity && exponent == (1 << exponent_bits) - 1) {
    value = mantissa == 0 ? HUGE_VAL : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    value = std::ldexp(fraction, 1 - bias);
  } else {
    value = std::ldexp(1 + fraction, exponent - bias);
  }
  return negative ? -value : value;
}

double e4m3_value(int code) {
  return decode_fields(static_cast<uint32_t>(code), 4, 3, false);
}

// The product of two floats is exact in double, so this rounds once.
float times(float a, float b) {
  return static_cast<float>(static_cast<double>(a) * b);
}

// A quotient of floats is never so near the middle of two floats that double misplaces it.
float quotient(float a, float b) {
  return static_cast<float>(static_cast<double>(a) / b);
}
float one_over(float a) {
  return quotient(1, a);
}

float ftz(float a) {
  return std::fpclassify(a) == FP_SUBNORMAL ? std::copysign(0.0f, a) : a;
}
float times_ftz(float a, float b) {
  return ftz(times(ftz(a), ftz(b)));
}
float one_over_ftz(float a) {
  return ftz(one_over(ftz(a)));
}

const float kC6 = std::bit_cast<float>(0x3E2AAAABu);
const float kC448 = std::bit_cast<float>(0x3B124925u);
const float kNan = std::numeric_limits<float>::quiet_NaN();

float amax_exact(const std::vector<float>& x) {
  float amax = 0;
  for (float value : x) {
    if (!std::isnan(value) && std::fabs(value) > amax) amax = std::fabs(value);
  }
  return amax;
}

float amax_trtllm(const std::vector<float>& x) {
  float even = kNan, odd = kNan;
  for (size_t i = 0; i < x.size(); i += 2) {
    even = std::fmax(even, std::fabs(x[i]));
    odd = std::fmax(odd, std::fabs(x[i + 1]));
  }
  return even > odd ? even : odd;
}

float amax_torchao(const std::vector<float>& x) {
  float amax = 0;
  for (float value : x)
    amax = std::isnan(amax) || std::fabs(value) <= amax ? amax : std::fabs(value);
  return amax;
}

float amax_of(Numerics numerics, const std::vector<float>& x) {
  if (numerics == Numerics::kTorchao) return amax_torchao(x);
  return numerics == Numerics::kExact ? amax_exact(x) : amax_trtllm(x);
}

struct BlockScale {
  uint8_t sf;
  float os;
};

float scale_value(uint8_t sf) {
  return sf == 0x7F ? kNan : static_cast<float>(e4m3_value(sf));
}

BlockScale nvfp4_exact(float amax, float gs) {
  const float v = amax == 0 ? 0 : times(amax, times(gs, kC6));
  const uint8_t sf = e4m3(v);
  const float s = scale_value(sf);
  return {sf, amax == 0 ? 0 : std::fmin(one_over(times(s, one_over(gs))), FLT_MAX)};
}

BlockScale nvfp4_trtllm(float amax, float gs) {
  const float v = times_ftz(gs, times_ftz(amax, kC6));
  const uint8_t sf = e4m3(v);
  const float s = scale_value(sf);
  const float p = times_ftz(s, one_over_ftz(gs));
  return {sf, ftz(amax) == 0 || s == 0 ? 0 : one_over_ftz(p)};
}

float power_of_two(int exponent) {
  return static_cast<float>(std::ldexp(1.0, exponent));
}

BlockScale nvfp4_torchao(float amax, float per_tensor_scale) {
  const float v = quotient(quotient(amax, 6), per_tensor_scale);
  const uint8_t sf = e4m3(v < 0x1p-6f ? 0x1p-6f : v);
  return {sf, quotient(one_over(per_tensor_scale), scale_value(sf))};
}

BlockScale nvfp4(const Request& request, float amax) {
  const float gs = request.global_scale;
  if (request.numerics == Numerics::kExact) return nvfp4_exact(amax, gs);
  if (request.numerics == Numerics::kTrtllm) return nvfp4_trtllm(amax, gs);
  return nvfp4_torchao(amax, request.scale == Scale::kInverse ? gs : one_over(gs));
}

BlockScale mx(const Request& request, float amax) {
  const float c = request.format == Format::kMxfp4 ? kC6 : kC448;
  const bool is_exact = request.numerics == Numerics::kExact;
  const uint8_t sf = ue8m0_up(is_exact ? times(amax, c) : times_ftz(amax, c));
  if (sf == 255) return {sf, request.format == Format::kMxfp4 ? 0.0f : kNan};
  if (sf == 0 || sf == 254) return {sf, 0};
  return {sf, power_of_two(127 - sf)};
}

// The exponent of `amax`, which is at least 2^-126, as the mode rounds it; an infinity has 128.
int rounded_exponent(Ue8m0 mode, float amax, int mantissa_bits) {
  if (std::isinf(amax)) return 128;
  const int exponent = std::ilogb(amax);
  const double fraction = std::ldexp(static_cast<double>(amax), -exponent);  // from 1 to 2
  const double last = 2 - std::ldexp(1.0, -mantissa_bits - 1);               // even rounds it to 2
  const bool up = mode == Ue8m0::kCeil ? fraction > 1 : mode == Ue8m0::kEven && fraction >= last;
  return exponent + (up ? 1 : 0);
}

BlockScale mx_torchao(const Request& request, float amax) {
  const bool is_mxfp8 = request.format == Format::kMxfp8;
  const bool is_rceil = request.ue8m0 == Ue8m0::kRceil;
  if (std::isnan(amax)) return {255, is_rceil ? kNan : 0};
  if (is_rceil) {
    const uint8_t sf = ue8m0_up(quotient(amax, is_mxfp8 ? 448 : 6));
    return {sf, sf == 0 ? 1 : power_of_two(127 - sf)};
  }
  if (amax < 0x1p-126f) return {0, 0x1p126f};
  const int exponent = rounded_exponent(request.ue8m0, amax, is_mxfp8 ? 3 : 1);
  const int sf = std::max(127 + exponent - (is_mxfp8 ? 8 : 2), 0);
  return {static_cast<uint8_t>(sf), power_of_two(127 - std::max(sf, 1))};
}

BlockScale block_scale(const Request& request, float amax) {
  if (request.format == Format::kNvfp4) return nvfp4(request, amax);
  return request.numerics == Numerics::kTorchao ? mx_torchao(request, amax) : mx(request, amax);
}

uint8_t code_of(Format format, Numerics numerics, float z) {
  if (format != Format::kMxfp8) return e2m1(z);
  if (numerics == Numerics::kTorchao) return e4m3(z);
  const float low = std::isnan(z) || z > 448 ? 448 : z;
  return e4m3(low < -448 ? -448 : low);
}

}  // namespace

float decode(Dtype dtype, uint32_t bits) {
  switch (dtype) {
    case Dtype::kF16:
      return static_cast<float>(decode_fields(bits, 5, 10, true));
    case Dtype::kBf16:
      return static_cast<float>(decode_fields(bits, 8, 7, true));
    default:
      return static_cast<float>(decode_fields(bits, 8, 23, true));
  }
}

uint8_t e2m1(double value) {
  if (std::isnan(value)) return 7;
  const uint8_t sign = std::signbit(value) ? 8 : 0;
  const double a = std::fabs(value);
  if (a <= 0.25) return sign | 0;
  if (a < 0.75) return sign | 1;
  if (a <= 1.25) return sign | 2;
  if (a < 1.75) return sign | 3;
  if (a <= 2.5) return sign | 4;
  if (a < 3.5) return sign | 5;
  if (a <= 5) return sign | 6;
  return sign | 7;
}

uint8_t e4m3(double value) {
  if (std::isnan(value)) return 0x7F;
  const uint8_t sign = std::signbit(value) ? 0x80 : 0;
  const double a = std::fabs(value);
  int low = 0, high = 0x7E;  // the codes about a
  if (a >= e4m3_value(high)) return sign | 0x7E;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (e4m3_value(middle) <= a ? low : high) = middle;
  }
  const double below = a - e4m3_value(low), above = e4m3_value(high) - a;
  const bool up = above < below || (above == below && high % 2 == 0);
  return static_cast<uint8_t>(sign | (up ? high : low));
}

uint8_t ue8m0_up(double value) {
  if (std::isnan(value)) return 255;
  if (value == 0) return 0;
  if (std::isinf(value)) return 254;
  int exponent;  // value is in [2^(exponent-1), 2^exponent)
  const bool is_power = std::frexp(value, &exponent) == 0.5;
  return static_cast<uint8_t>(std::clamp(127 + exponent - (is_power ? 1 : 0), 0, 254));
}

int block_length(Format format) {
  return format == Format::kNvfp4 ? 16 : 32;
}

Block quantize_block(const Request& request, const std::vector<uint32_t>& elements) {
  std::vector<float> x;
  for (uint32_t bits : elements) x.push_back(decode(request.in, bits));
  const BlockScale scale = block_scale(request, amax_of(request.numerics, x));
  Block block{scale.sf, {}};
  const bool is_flushed = request.numerics == Numerics::kTrtllm;
  for (float value : x) {
    const float z = is_flushed ? times_ftz(value, scale.os) : times(value, scale.os);
    block.codes.push_back(code_of(request.format, request.numerics, z));
  }
  return block;
}

std::vector<uint8_t> pack(Format format, const std::vector<uint8_t>& codes) {
  if (format == Format::kMxfp8) return codes;
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < codes.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(codes[i] | codes[i + 1] << 4));
  }
  return bytes;
}

int64_t sf_offset(SfLayout layout, int64_t n, int64_t m, int64_t k) {
  const int64_t groups = (n + 3) / 4;
  switch (layout) {
    case SfLayout::kLinear:
      return m * n + k;
    case SfLayout::k128x4:
      return (m / 128) * groups * 512 + (k / 4) * 512 + (m % 32) * 16 + ((m % 128) / 32) * 4 +
             (k % 4);
    case SfLayout::k8x4:
      return (m / 8) * groups * 32 + (k / 4) * 32 + (m % 8) * 4 + (k % 4);
  }
  return -1;
}

}  // namespace fp4jit::oracle
