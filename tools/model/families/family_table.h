// What: the table of architectures: one row for each model_type.
// Threads: constant.
#pragma once

#include <span>
#include <string_view>

#include "tools/model/families/feed_forward.h"

namespace fp4jit::model {

// A part of a module's path as the checkpoint writes it.
struct Rename {
  std::string_view part;
  std::string_view published;
};

// What few families have.
struct Traits {
  Mixture mixture = {};
  std::span<const DefaultValue> defaults = {};
  std::string_view activation = "silu";    // where the file does not say
  bool clamps_activation = false;          // which is then no plain SiLU
  std::string_view mtp_stem = "";          // of the predictors; "": they are layers like any other
  std::string_view mtp_join = "eh_proj";   // of a predictor; with a dot, one for all, in full
  std::span<const Rename> published = {};  // names of the checkpoint that are not transformers'
};

struct Family {
  std::string_view model_type;
  Status (*attention)(Draft&);
  Status (*feed_forward)(Draft&, const Mixture&);
  Traits traits = {};
};

std::span<const Family> families();

// Reads any decoder by the usual names of keys.
const Family& assumed_family();

}  // namespace fp4jit::model
