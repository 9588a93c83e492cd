// What: the linear layers of a model, from its config.json: one table row per architecture.
// Threads: pure.
// Errors: kInvalidArgument for a config that lacks a key or holds a senseless value; kUnsupported
// for an architecture without a row.
//
// A new architecture is one row in families.cc and, unless an earlier function fits, one small
// function.
#pragma once

#include <string>
#include <vector>

#include "tools/model/json_reader.h"

namespace fp4jit::model {

// One projection as it stands in every layer. lm_head, embeddings and routers are none: nobody
// quantises their input.
struct Module {
  std::string pattern;        // "model.layers.*.mlp.down_proj"; the star is the layer
  std::string role;           // "attn", "mlp"
  int64_t width = 0;          // length of its input, in elements, before any split
  bool row_parallel = false;  // tensor parallelism divides the input; else every rank has all of it

  std::string name(int64_t layer) const;  // "model.layers.17.mlp.down_proj"
  std::string projection() const;         // "down_proj"
};

struct Architecture {
  std::string model_type;
  int64_t attention_heads = 0;
  int64_t layers = 0;
  std::vector<Module> modules;
};

Result<Architecture> read_architecture(const JsonObject& text);

}  // namespace fp4jit::model
