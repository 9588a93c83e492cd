// What: whether an entry of a checkpoint's lists means a module. A module is known under several
// names: transformers' own, the checkpoint's, and that of the projection which engines fuse it
// into; and its layers stand in "model", "language_model.model", "model.language_model" or
// "backbone".
// Threads: immutable but for a memo; one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "tools/model/module.h"

namespace fp4jit::model {

// One module of one layer, and one of its experts.
struct NamedModule {
  Role role = Role::kMlp;
  int64_t layer = 0;
  std::vector<std::string> names;  // "model.layers.3.mlp.experts.0.down_proj"
};

NamedModule name_module(const Module& module, int64_t layer, int64_t expert);

// What layers stand in: as transformers has it, then as checkpoints spell it, longer ones first.
inline constexpr std::string_view kStems[] = {"model.layers.",
                                              "language_model.model.layers.",
                                              "model.language_model.layers.",
                                              "language_model.layers.",
                                              "backbone.layers.",
                                              "layers."};

// A name whose layers stand in "model", under every spelling of that; the name itself first.
std::vector<std::string> with_every_stem(const std::string& name);

// Whether a component of a name is a layer's or an expert's number.
bool is_number(std::string_view component);

// The name as if its layers stood in "model": "model.layers.3.mixer" for "backbone.layers.3.mixer".
std::string normalized_name(const std::string& name);

// The entry that selects every module.
inline constexpr std::string_view kEveryLinear = "Linear";

// A list of entries that select modules. Whole components count, "mlp.gate" being no part of
// "mlp.gate_proj", and an entry that names a container selects what is below it. kInvalidArgument
// for an entry that is no expression, or that would take too long to match.
class ModuleList {
 public:
  // modelopt's: shell globs; one that does not begin at the outermost component may match any run
  // of components, as "mlp.gate" or "*.mlp.*".
  static Result<ModuleList> of_globs(const std::vector<std::string>& globs);

  // compressed-tensors': a name; "re:" and an expression that matches from the start; or the class
  // name "Linear", which is every module.
  static Result<ModuleList> of_targets(const std::vector<std::string>& targets);

  // The entry, as it is written, that selects the module; null: none does.
  const std::string* find(const NamedModule& module) const;

  // Whether an entry tells one expert from another.
  bool names_experts() const { return names_experts_; }

 private:
  struct Expression;
  struct Glob {
    std::string text;  // normalized
    std::string entry;
    bool spells_stem = false;  // so that every spelling of a name has to be tried
  };

  Status require_bounded(const std::string& entry) const;
  void add_name(const std::string& entry);
  void add_glob(const std::string& entry);
  Status add_expression(const std::string& entry);
  const std::string* find_name(const std::string& name) const;
  const std::string* find_glob(const NamedModule& module) const;
  const std::string* find_expression(const NamedModule& module) const;

  using Names = std::unordered_map<std::string, std::string>;  // normalized to as written
  Names anchored_;                                             // from the outermost component on
  Names relative_;
  std::unordered_map<int64_t, std::vector<Glob>> globs_of_layers_;  // those that name one layer
  std::vector<Glob> globs_;
  std::vector<std::shared_ptr<Expression>> expressions_;
  std::string every_;  // the entry that selects all modules, or ""
  bool names_experts_ = false;
};

}  // namespace fp4jit::model
