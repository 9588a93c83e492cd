// What: which modules of a checkpoint take quantised activations, and in which format.
// Threads: as ModuleList.
// Errors: kUnsupported for metadata that is understood and asks for no kernel of ours (weights
// alone are quantised, FP8 activations) or names an unknown algorithm; kInvalidArgument for
// ill-formed metadata, and for a format that is missing or contradicts the checkpoint.
//
// Four producers are read: modelopt (one algorithm and globs that exclude, or a map of modules),
// compressed-tensors (groups of targets and an ignore list), gpt-oss (MXFP4 experts), and DeepSeek
// (FP8 with FP4 experts).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "spec/fields.h"
#include "tools/model/config.h"
#include "tools/model/module_names.h"

namespace fp4jit::model {

// What a checkpoint does with the modules that a list selects.
struct Scheme {
  std::string name;              // as the checkpoint names it: "NVFP4"
  std::optional<Format> format;  // none: the activations of these modules need no kernel of ours
  ModuleList modules;
  bool experts_alone = false;  // of the modules, routed experts only
  bool mxfp4_weights = false;  // which have paddings of their own
};

// What holds for one module, and why.
struct Decision {
  std::optional<Format> format;
  bool mxfp4_weights = false;
  std::string reason;
};

class Quantization {
 public:
  std::string source;
  std::vector<Scheme> schemes;  // the first that selects a module decides, unless
  bool is_map = false;          // the one does that names the module most closely
  ModuleList excluded;

  Decision decide(const NamedModule& module) const;
  bool names_experts() const;  // whether experts of one layer may be decided differently

 private:
  const Scheme* find_scheme(const NamedModule& module, const std::string** entry) const;
};

// The list under `key`, as `of` reads it: ModuleList::of_globs or of_targets.
Result<ModuleList> read_modules(const JsonObject& object, const char* key,
                                Result<ModuleList> (*of)(const std::vector<std::string>&));

// `named` is the caller's --format; a checkpoint without metadata needs it, and then has it
// everywhere.
Result<Quantization> read_quantization(const Checkpoint& checkpoint, std::optional<Format> named);

}  // namespace fp4jit::model
