// What: one linear layer of a model as it stands in its decoder layers: how wide its input is, and
// how tensor parallelism cuts it.
// Threads: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/enum_table.h"

namespace fp4jit::model {

// What a module belongs to. Each role can have a tensor-parallel size of its own.
enum class Role : uint8_t { kAttention, kSsm, kMlp, kShared, kExperts };

struct RoleRow {
  Role value;
  std::string_view name;
};

// How engines cut the weight over ranks. Only a row-parallel one has its input cut.
enum class Split : uint8_t { kColumn, kRow, kReplicated };

struct SplitRow {
  Split value;
  std::string_view name;
};

// What stands before a module, where that can be fused into its quantise kernel.
enum class Input : uint8_t {
  kOther,
  kNormedHidden,  // the hidden state behind its block's norm
  kGatedProduct,  // act(gate)*up
};

using Layers = std::vector<int64_t>;  // indices, rising

// One projection. lm_head, embeddings and routers are none: nobody quantises their input.
struct Module {
  std::string path;  // in its layer, as transformers names it: "mlp.experts.*.down_proj"
  Role role = Role::kMlp;
  Split split = Split::kColumn;
  int64_t width = 0;    // length of its input, in elements, before any split
  int64_t outputs = 0;  // length of its output
  int64_t count = 1;    // of its kind in a layer, one for each star in the path
  Input input = Input::kOther;
  Layers layers = {};
  std::string stem = "model.layers";  // what the layers stand in; "": it is in none
  std::string published = {};         // the path as the checkpoint names it, where that differs

  std::string pattern() const;     // "model.layers.*.mlp.experts.*.down_proj"
  std::string projection() const;  // "down_proj"
};

// How many there are of something that tensor parallelism deals out whole.
struct HeadCount {
  std::string what;  // "attention heads"
  int64_t count = 0;
  Role role = Role::kAttention;
  bool repeats = false;  // with more ranks than heads each rank has a copy: key-value heads
};

struct Architecture {
  std::string model_type;
  std::string activation;  // of the MLP: "silu", "gelu_pytorch_tanh", "swiglu_clamped"
  int64_t layers = 0;
  int64_t mtp_layers = 0;  // next-token predictors behind them; their modules are listed if asked
  std::vector<HeadCount> heads;
  std::vector<Module> modules;
  std::string warning;  // what is guessed, or ""
};

}  // namespace fp4jit::model

namespace fp4jit {

template <>
inline constexpr model::RoleRow kEnumTable<model::Role>[] = {
    {model::Role::kAttention, "attn"},  {model::Role::kSsm, "ssm"},
    {model::Role::kMlp, "mlp"},         {model::Role::kShared, "shared"},
    {model::Role::kExperts, "experts"},
};
static_assert(enum_table_ordered<model::Role>());

template <>
inline constexpr model::SplitRow kEnumTable<model::Split>[] = {
    {model::Split::kColumn, "column"},
    {model::Split::kRow, "row"},
    {model::Split::kReplicated, "replicated"},
};
static_assert(enum_table_ordered<model::Split>());

}  // namespace fp4jit
