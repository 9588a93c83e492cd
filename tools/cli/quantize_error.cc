#include "tools/cli/quantize_error.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "host/e4m3.h"
#include "host/element.h"
#include "spec/sf_row.h"

namespace fp4jit::cli {
namespace {

template <Dtype kIn>
float element_at(const uint8_t* input, int64_t index) {
  typename host::Element<kIn>::Bits bits;
  std::memcpy(&bits, input + index * static_cast<int64_t>(sizeof bits), sizeof bits);
  return host::Element<kIn>::to_float(bits);
}

float input_at(Dtype dtype, const uint8_t* input, int64_t index) {
  switch (dtype) {
    case Dtype::kF16:
      return element_at<Dtype::kF16>(input, index);
    case Dtype::kBf16:
      return element_at<Dtype::kBf16>(input, index);
    case Dtype::kE4m3:
      return host::float_from_e4m3(input[index]);
    case Dtype::kF32:
      break;
  }
  return element_at<Dtype::kF32>(input, index);
}

double value_of_e2m1(int code) {
  constexpr double kMagnitudes[] = {0, 0.5, 1, 1.5, 2, 3, 4, 6};
  double magnitude = kMagnitudes[code & 7];
  return code & 8 ? -magnitude : magnitude;
}

double code_at(const Spec& spec, const uint8_t* row, int64_t column) {
  if (enum_row(spec.format).element_bits == 8) return host::float_from_e4m3(row[column]);
  return value_of_e2m1(row[column / 2] >> (column % 2 * 4) & 15);
}

double scale_at(const Spec& spec, uint8_t sf) {
  constexpr int kUe8m0Bias = 127;
  return enum_row(spec.format).is_mx ? std::ldexp(1.0, sf - kUe8m0Bias) : host::float_from_e4m3(sf);
}

}  // namespace

QuantizeError measure_error(const Spec& spec, const Extent& extent,
                            const std::vector<uint8_t>& input, const Quantized& output,
                            float global_scale) {
  OutputShape shape = output_shape(spec, extent);
  double signal = 0, noise = 0, absolute = 0, largest = 0;
  int64_t counted = 0;
  for (int64_t m = 0; m < extent.m; ++m) {
    const SfRow scales = sf_row(spec.sf_layout, shape.sf_columns, m);
    const uint8_t* codes = output.data.data() + m * shape.data_columns;
    for (int64_t k = 0; k < extent.k; ++k) {
      double value = input_at(spec.in, input.data(), m * extent.k + k);
      if (!std::isfinite(value)) continue;
      double scale =
          scale_at(spec, output.sf[static_cast<size_t>(scales.offset(k / sf_vec_size(spec)))]);
      double error = std::abs(value - code_at(spec, codes, k) * scale / global_scale);
      signal += value * value;
      noise += error * error;
      absolute += error;
      largest = std::max(largest, error);
      ++counted;
    }
  }
  double sqnr =
      noise > 0 ? 10 * std::log10(signal / noise) : std::numeric_limits<double>::infinity();
  return {sqnr, largest, counted > 0 ? absolute / static_cast<double>(counted) : 0};
}

}  // namespace fp4jit::cli
