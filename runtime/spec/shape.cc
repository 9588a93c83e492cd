#include "spec/shape.h"

#include <limits>

#include "base/format.h"
#include "base/round.h"

namespace fp4jit {
namespace {

Status invalid(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

Status check_width(const char* name, int64_t given, int64_t spec_value) {
  if (given == 0 || given == spec_value) return {};
  return invalid(formatted("{}={} differs from the spec's {}={}", name, given, name, spec_value));
}

Status check_runtime_width(Format format, int64_t k, int64_t k_out) {
  FP4JIT_RETURN_IF_ERROR(validate_k(format, k));
  int block = enum_row(format).sf_vec_size;
  if (k_out >= k && k_out <= kMaxK && k_out % block == 0) return {};
  return {StatusCode::kInvalidSpec,
          formatted("k_out must be a multiple of {} from k={} to {}; it is {}", block, k, kMaxK,
                    k_out)};
}

}  // namespace

Result<Extent> resolve_extent(const Spec& spec, int64_t m, int64_t k, int64_t k_out) {
  if (m < 0) return invalid(formatted("m must not be negative; it is {}", m));
  Extent extent{m, spec.k, spec.k_out};
  if (spec.k != 0) {
    FP4JIT_RETURN_IF_ERROR(check_width("k", k, spec.k));
    FP4JIT_RETURN_IF_ERROR(check_width("k_out", k_out, spec.k_out));
  } else {
    extent = {m, k, k_out == 0 ? k : k_out};
    FP4JIT_RETURN_IF_ERROR(check_runtime_width(spec.format, extent.k, extent.k_out));
  }
  // Rows are padded by up to 127, and no element is wider than 4 bytes: with those in, nothing
  // overflows.
  constexpr int64_t kMostElements = std::numeric_limits<int64_t>::max() / 4;
  constexpr int64_t kRowPadding = 128;
  // Few enough whatever K is: spares the call a division.
  constexpr int64_t kAlwaysFewEnough = kMostElements / kMaxK - kRowPadding;
  if (m > kAlwaysFewEnough && m > kMostElements / extent.k_out - kRowPadding) {
    return invalid(formatted("m={} times k_out={} is beyond 2^63 bytes", m, extent.k_out));
  }
  return extent;
}

OutputShape output_shape(const Spec& spec, const Extent& extent) {
  const FormatRow& format = enum_row(spec.format);
  const SfLayoutRow& layout = enum_row(spec.sf_layout);
  return {extent.m, extent.k_out * format.element_bits / 8,
          round_up<int64_t>(extent.m, layout.row_multiple),
          round_up<int64_t>(sf_blocks(spec, extent.k_out), layout.column_multiple)};
}

int64_t input_bytes(const Spec& spec, const Extent& extent) {
  return extent.m * extent.k * dtype_bytes(spec.in);
}

}  // namespace fp4jit
