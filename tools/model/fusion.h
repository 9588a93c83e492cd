// What: the operators that an engine runs in place of a plain quantise.
// Threads: pure.
#pragma once

#include <compare>
#include <optional>

#include "spec/fields.h"
#include "tools/model/module.h"

namespace fp4jit::model {

enum class Fuse : uint8_t { kNone, kVllm, kSglang, kTrtllm };

struct FuseRow {
  Fuse value;
  std::string_view name;
  bool silu_mul;                    // before a down projection: silu(gate)*up
  bool add_rmsnorm;                 // before the projections that take the normed hidden state
  std::optional<Grouping> experts;  // experts' inputs in one launch
};

// What stands before a module under an engine's fusions; nothing where it quantises plainly.
struct FusedOp {
  Op op = Op::kQuantize;
  Grouping grouping = Grouping::kFlat;

  auto operator<=>(const FusedOp&) const = default;
};

std::optional<FusedOp> fused_op(const Module& module, const Architecture& architecture, Fuse fuse);

// Whether the module's input is silu(gate)*up and nothing else.
bool takes_silu_mul(const Module& module, const Architecture& architecture);

}  // namespace fp4jit::model

namespace fp4jit {

template <>
inline constexpr model::FuseRow kEnumTable<model::Fuse>[] = {
    {model::Fuse::kNone, "none", false, false, {}},
    {model::Fuse::kVllm, "vllm", true, true, Grouping::kBatched},
    {model::Fuse::kSglang, "sglang", true, false, Grouping::kMasked},
    {model::Fuse::kTrtllm, "trtllm", false, true, {}},
};
static_assert(enum_table_ordered<model::Fuse>());

}  // namespace fp4jit
