#include "host/quantize.h"

#include <cstring>

#include "base/format.h"
#include "host/float_environment.h"
#include "host/parallel_rows.h"
#include "host/quantize_block.h"
#include "spec/arguments.h"
#include "spec/sf_row.h"

namespace fp4jit::host {
namespace {

// A row of the input, and where its blocks go.
struct Row {
  const uint8_t* input;
  uint8_t* data;
  uint8_t* sf;  // the whole buffer
  SfRow sf_row;
  int64_t blocks;
};

using RowFunction = void (*)(const Row& row, const RecipeArguments& arguments);

template <Format kFormat, Numerics kNumerics, Dtype kIn>
void quantize_row(const Row& row, const RecipeArguments& arguments) {
  constexpr int64_t kLength = enum_row(kFormat).sf_vec_size;
  constexpr int64_t kInputStep = kLength * dtype_bytes(kIn);
  constexpr int64_t kDataStep = kLength * enum_row(kFormat).element_bits / 8;
  const Recipe<kFormat, kNumerics> recipe(arguments);
  for (int64_t block = 0; block < row.blocks; ++block) {
    row.sf[row.sf_row.offset(block)] = quantize_block<kFormat, kNumerics, kIn>(
        recipe, row.input + block * kInputStep, row.data + block * kDataStep);
  }
}

template <Format kFormat, Numerics kNumerics>
RowFunction row_function(Dtype in) {
  switch (in) {
    case Dtype::kF16:
      return quantize_row<kFormat, kNumerics, Dtype::kF16>;
    case Dtype::kBf16:
      return quantize_row<kFormat, kNumerics, Dtype::kBf16>;
    case Dtype::kF32:
      return quantize_row<kFormat, kNumerics, Dtype::kF32>;
    case Dtype::kE4m3:
      break;
  }
  return nullptr;
}

template <Format kFormat>
RowFunction row_function(Numerics numerics, Dtype in) {
  switch (numerics) {
    case Numerics::kTrtllm:
      return row_function<kFormat, Numerics::kTrtllm>(in);
    case Numerics::kExact:
      return row_function<kFormat, Numerics::kExact>(in);
    case Numerics::kTorchao:
      return row_function<kFormat, Numerics::kTorchao>(in);
  }
  return nullptr;
}

RowFunction row_function(Format format, Numerics numerics, Dtype in) {
  switch (format) {
    case Format::kNvfp4:
      return row_function<Format::kNvfp4>(numerics, in);
    case Format::kMxfp4:
      return row_function<Format::kMxfp4>(numerics, in);
    case Format::kMxfp8:
      return row_function<Format::kMxfp8>(numerics, in);
  }
  return nullptr;
}

// One call, checked: what every range of rows needs.
struct Job {
  const Spec& spec;
  const QuantizeCall& call;
  Extent extent;
  OutputShape shape;
  RowFunction quantize_row;
  RecipeArguments arguments;

  void run(int64_t first, int64_t last) const {
    DefaultFloatEnvironment environment;
    for (int64_t m = first; m < last; ++m) run_row(m);
  }

  // Rows that pad the last tile of scale factors stand between those of the input: all of it.
  void zero_padded_tile() const {
    if (shape.sf_rows == extent.m) return;
    const int64_t tile_bytes = enum_row(spec.sf_layout).row_multiple * shape.sf_columns;
    std::memset(call.sf + shape.sf_bytes() - tile_bytes, 0, static_cast<size_t>(tile_bytes));
  }

  void run_row(int64_t m) const {
    const int64_t input_row_bytes = extent.k * dtype_bytes(spec.in);
    const int64_t written = extent.k * enum_row(spec.format).element_bits / 8;
    uint8_t* data = call.data + m * shape.data_columns;
    const Row row{static_cast<const uint8_t*>(call.input) + m * input_row_bytes, data, call.sf,
                  sf_row(spec.sf_layout, shape.sf_columns, m), extent.k / sf_vec_size(spec)};
    quantize_row(row, arguments);
    std::memset(data + written, 0, static_cast<size_t>(shape.data_columns - written));
    zero_sf(row.sf_row, row.blocks);
  }

  void zero_sf(SfRow row, int64_t first_column) const {
    for (int64_t column = first_column; column < shape.sf_columns; ++column) {
      call.sf[row.offset(column)] = 0;
    }
  }
};

Buffers buffers_of(const QuantizeCall& call) {
  auto address = [](const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); };
  return {.input = address(call.input),
          .global_scale = address(call.global_scale),
          .data = address(call.data),
          .sf = address(call.sf)};
}

}  // namespace

Status quantize(const Spec& spec, const QuantizeCall& call, const QuantizeOptions& options) {
  FP4JIT_RETURN_IF_ERROR(require_template(spec));
  FP4JIT_ASSIGN_OR_RETURN(const Extent extent,
                          resolve_extent(spec, call.extent.m, call.extent.k, call.extent.k_out));
  if (options.threads < 0) {
    return {
        StatusCode::kInvalidArgument,
        formatted("threads must be 0 (as many as are useful) or more; it is {}", options.threads)};
  }
  FP4JIT_RETURN_IF_ERROR(check_arguments(spec, extent, buffers_of(call)));
  if (extent.m == 0) return {};
  const RowFunction function = row_function(spec.format, spec.numerics, spec.in);
  if (function == nullptr) {
    return {StatusCode::kUnsupported, formatted("in={} and numerics={} have no host implementation",
                                                enum_name(spec.in), enum_name(spec.numerics))};
  }
  const float global_scale = spec.scale == Scale::kNone ? 1.0f : *call.global_scale;
  const Job job{spec,     call,
                extent,   output_shape(spec, extent),
                function, {global_scale, spec.scale, spec.ue8m0}};
  const int threads = options.threads == 0 ? useful_threads(extent.m * extent.k) : options.threads;
  job.zero_padded_tile();
  parallel_rows(extent.m, threads, [&job](int64_t first, int64_t last) { job.run(first, last); });
  return {};
}

}  // namespace fp4jit::host
