#include "spec/arguments.h"

#include <algorithm>

#include "base/format.h"

namespace fp4jit {
namespace {

// One buffer of the call, with what the call needs of it.
struct Range {
  const char* name;
  uintptr_t begin;
  uintptr_t bytes;
  uintptr_t alignment;
  int64_t given_bytes;
};

// Formatting stands apart, so that the checks stay small where they are inlined.
Status invalid(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

Status null_error(const Range& range) {
  return invalid(
      formatted("{} must not be null; the call needs {} bytes there", range.name, range.bytes));
}

Status alignment_error(const Range& range) {
  return invalid(
      formatted("{} must be aligned to {} bytes; it is {:#x}, {} bytes beyond such an address",
                range.name, range.alignment, range.begin, range.begin % range.alignment));
}

Status size_error(const Range& range) {
  return invalid(
      formatted("{} has {} bytes; the call needs {}", range.name, range.given_bytes, range.bytes));
}

Status wrap_error(const Range& range) {
  return invalid(
      formatted("{}={:#x} and the {} bytes that the call needs run beyond the address space",
                range.name, range.begin, range.bytes));
}

Status overlap_error(const Range& output, const Range& other) {
  return invalid(
      formatted("{} [{:#x}, {:#x}) overlaps {} [{:#x}, {:#x}); an output needs memory of its "
                "own",
                output.name, output.begin, output.begin + output.bytes, other.name, other.begin,
                other.begin + other.bytes));
}

// The same conditions twice: for the path of every launch, without a branch, and for the one that
// says what is wrong.
bool is_sound(const Range& range) {
  return (range.begin != 0) & (range.begin % range.alignment == 0) &
         ((range.given_bytes == 0) | (range.given_bytes >= static_cast<int64_t>(range.bytes))) &
         (range.begin + range.bytes >= range.begin);
}

Status check_range(const Range& range) {
  if (is_sound(range)) return {};
  if (range.begin == 0) return null_error(range);
  if (range.begin % range.alignment != 0) return alignment_error(range);
  if (range.begin + range.bytes < range.begin) return wrap_error(range);
  return size_error(range);
}

bool overlap(const Range& a, const Range& b) {
  return (a.begin < b.begin + b.bytes) & (b.begin < a.begin + a.bytes);
}

constexpr size_t kOutputs = 2;  // the first of the ranges

bool all_sound(const Range* ranges, size_t count) {
  bool sound = true;
  for (size_t i = 0; i < count; ++i) {
    sound &= is_sound(ranges[i]);
    for (size_t output = 0; output < std::min(i, kOutputs); ++output) {
      sound &= !overlap(ranges[output], ranges[i]);
    }
  }
  return sound;
}

Status first_fault(const Range* ranges, size_t count) {
  for (size_t i = 0; i < count; ++i) FP4JIT_RETURN_IF_ERROR(check_range(ranges[i]));
  for (size_t output = 0; output < kOutputs; ++output) {
    for (size_t i = output + 1; i < count; ++i) {
      if (overlap(ranges[output], ranges[i])) return overlap_error(ranges[output], ranges[i]);
    }
  }
  return {};
}

}  // namespace

Status check_arguments(const Spec& spec, const Extent& extent, const Buffers& buffers) {
  if (extent.m == 0) return {};
  OutputShape shape = output_shape(spec, extent);
  auto bytes = [](int64_t count) { return static_cast<uintptr_t>(count); };
  const Range ranges[] = {
      {"data", buffers.data, bytes(shape.data_bytes()), kBufferAlignment, buffers.data_bytes},
      {"sf", buffers.sf, bytes(shape.sf_bytes()), kBufferAlignment, buffers.sf_bytes},
      {"input", buffers.input, bytes(input_bytes(spec, extent)), kBufferAlignment,
       buffers.input_bytes},
      {"global_scale", buffers.global_scale, sizeof(float), alignof(float), 0},
  };
  size_t count = spec.scale == Scale::kNone ? 3 : 4;
  if (all_sound(ranges, count)) [[likely]]
    return {};
  return first_fault(ranges, count);
}

}  // namespace fp4jit
