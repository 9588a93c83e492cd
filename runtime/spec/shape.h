// What: the sizes of a call's inputs and outputs, from the spec and M. The one shape formula: the C
// API, the CLI, the plugins' fakes, the host operators and the launch checks all ask here.
// Threads: pure.
#pragma once

#include <cstdint>

#include "spec/spec.h"

namespace fp4jit {

// The three lengths of one call, in elements.
struct Extent {
  int64_t m = 0;      // rows
  int64_t k = 0;      // length of the quantised axis
  int64_t k_out = 0;  // padded K that is written
};

struct OutputShape {
  int64_t data_rows = 0;
  int64_t data_columns = 0;  // bytes per row: k_out/2 for FP4, k_out for mxfp8
  int64_t sf_rows = 0;       // padded as the layout asks
  int64_t sf_columns = 0;

  int64_t data_bytes() const { return data_rows * data_columns; }
  int64_t sf_bytes() const { return sf_rows * sf_columns; }
};

// The extent of a call with M rows. `k` and `k_out` are those of a run-time-K spec (k_out 0: k),
// and must be 0 or the spec's own otherwise. kInvalidArgument: negative M, a K that the spec does
// not have, M*k_out beyond 2^63. kInvalidSpec: a run-time K that no block fits.
Result<Extent> resolve_extent(const Spec& spec, int64_t m, int64_t k = 0, int64_t k_out = 0);

// `extent` is from resolve_extent. M = 0 gives no rows.
OutputShape output_shape(const Spec& spec, const Extent& extent);

int64_t input_bytes(const Spec& spec, const Extent& extent);

}  // namespace fp4jit
