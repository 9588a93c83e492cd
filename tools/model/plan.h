// What: from a checkpoint's config.json to the widths that activation-quantise kernels are needed
// for, at one tensor-parallel size.
// Threads: pure, apart from reading the files.
// Errors: kInvalidArgument: wrong input, the file and key named. kUnsupported: understood, and
// nothing can be done (unknown architecture or algorithm, weights alone quantised, heads that tp
// does not divide). A width that a split cuts through a block is no error: it is listed as
// unaligned and the rest goes on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "spec/fields.h"

namespace fp4jit::model {

struct PlannedK {
  Format format = Format::kNvfp4;
  int64_t k = 0;                  // length of one rank's GEMM input, in elements
  std::vector<std::string> from;  // who needs it, sorted: "attn:q_proj"
};

struct UnalignedModule {
  std::string module;  // "model.layers.*.mlp.down_proj"
  Format format = Format::kNvfp4;
  int64_t width = 0;  // before the split
  int64_t tp = 1;     // the number of ranks that it is split over
  std::string reason;

  bool divides() const { return width % tp == 0; }
};

struct Plan {
  std::string model_type;
  std::string quantization_source;
  Dtype in = Dtype::kBf16;
  std::vector<PlannedK> needed;  // by format, then k
  std::vector<UnalignedModule> unaligned;
};

struct PlanRequest {
  std::string path;              // config.json or its folder
  int64_t tp = 1;                // positive
  std::optional<Format> format;  // for a checkpoint without metadata
  std::optional<Dtype> in;       // instead of the checkpoint's own dtype
};

Result<Plan> plan_model(const PlanRequest& request);

}  // namespace fp4jit::model
