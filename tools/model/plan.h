// What: from a checkpoint's config.json to the operators that its quantised layers need, on one
// rank of a parallel split.
// Threads: pure, apart from reading the files.
// Errors: kInvalidArgument: wrong input, the file and key named. kUnsupported: understood, and
// nothing can be done (unknown architecture or algorithm, weights alone quantised, heads that
// the split does not divide). A width that a split cuts through a block is no error: it is
// listed as unaligned and the rest goes on.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "spec/fields.h"
#include "tools/model/backend.h"
#include "tools/model/fusion.h"
#include "tools/model/parallel.h"

namespace fp4jit::model {

struct PlanRequest {
  std::string path;  // config.json or its folder
  ParallelRequest parallel;
  std::optional<Format> format;  // for a checkpoint without metadata
  std::optional<Dtype> in;       // instead of the checkpoint's own dtype
  std::optional<Backend> backend;
  std::optional<PadPolicy> pad_policy;  // instead of the backend's
  Fuse fuse = Fuse::kNone;
  bool assume = false;  // an unknown architecture is one like llama
  bool mtp = false;     // the next-token predictors' modules too
};

// A module in those of its layers that have one format.
struct PlannedModule {
  Module module;
  std::optional<Format> format;  // none: its activations are not quantised
  int64_t shards = 1;            // ranks that its input is split over
  PadPolicy pad_policy = PadPolicy::kNone;
  PaddedWidth width;      // of one rank; k is 0 where it is unaligned
  std::string why;        // the entry that decided
  std::string how;        // where there is a width: how it came about
  std::string unaligned;  // why the split leaves no width, and the ways out; "": it leaves one

  // Of its input on one rank; "a/b" where the split does not divide it.
  std::string rank_width() const;

  // Whether the kernel's widths are other than that.
  bool is_padded() const;
};

// An operator that one or more modules need.
struct PlannedOp {
  FusedOp op;
  Format format = Format::kNvfp4;
  int64_t k = 0;
  int64_t k_out = 0;
  bool of_experts = false;  // where the backend's experts want another layout
  bool is_fused = false;    // an engine's own, in place of the plain one, which is planned too

  auto operator<=>(const PlannedOp&) const = default;
};

struct NeededBy {
  std::vector<std::string> from;     // sorted: "attn:q_proj"
  std::vector<std::string> modules;  // sorted patterns
};

struct Plan {
  std::string path;
  Architecture architecture;
  std::string quantization_source;
  Dtype in = Dtype::kBf16;
  Parallel parallel;
  PlanRequest request;
  std::vector<PlannedModule> modules;  // all but lm_head, embeddings and routers
  std::map<PlannedOp, NeededBy> needed;

  bool is_aligned() const;
};

Result<Plan> plan_model(const PlanRequest& request);

}  // namespace fp4jit::model
