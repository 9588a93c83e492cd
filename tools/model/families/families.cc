#include "tools/model/families/families.h"

#include <string_view>

#include "base/format.h"
#include "base/nearest.h"
#include "tools/model/families/family_table.h"
#include "tools/model/families/mtp.h"

namespace fp4jit::model {
namespace {

void name_as_published(std::span<const Rename> renames, Architecture* architecture) {
  if (renames.empty()) return;
  for (Module& module : architecture->modules) {
    module.published = module.path;
    for (const Rename& rename : renames) {
      size_t at = module.published.find(rename.part);
      if (at != std::string::npos)
        module.published.replace(at, rename.part.size(), rename.published);
    }
  }
}

// The text's own model_type; one that is missing is told from the outer object's, whose nested text
// transformers names with "_text".
Result<std::string> text_type(const JsonObject& text, const std::string& outer_type) {
  if (text.has("model_type") || outer_type.empty()) return text.text("model_type");
  return outer_type + "_text";
}

Result<const Family*> find_family(const JsonObject& text, const std::string& type, bool assume) {
  std::vector<std::string_view> known;
  for (const Family& family : families()) {
    known.push_back(family.model_type);
    if (family.model_type == type) return &family;
  }
  if (assume) return &assumed_family();
  Status error = text.error(
      formatted("the architecture '{}' (model_type) is not known; known are {}; for any other, try "
                "--assume {}, or name its K with --k{}",
                shown(type), fmt::join(known, ", "), kAssumeLlamaLike, did_you_mean(type, known)));
  return Status(StatusCode::kUnsupported, error.message());
}

Result<std::string> read_activation(const JsonObject& text, const Traits& traits) {
  if (traits.clamps_activation) return std::string("swiglu_clamped");
  for (const char* key : {"hidden_act", "hidden_activation", "mlp_hidden_act"}) {
    if (text.has(key)) return text.text(key);
  }
  return std::string(traits.activation);
}

}  // namespace

Result<Architecture> read_architecture(const JsonObject& text, const ArchitectureRequest& request) {
  Architecture architecture;
  FP4JIT_ASSIGN_OR_RETURN(architecture.model_type, text_type(text, request.outer_type));
  FP4JIT_ASSIGN_OR_RETURN(const Family* family,
                          find_family(text, architecture.model_type, request.assume));
  if (family == &assumed_family()) {
    architecture.warning = formatted(
        "the architecture '{}' is not known and read as one like llama: compare the plan's modules "
        "with the checkpoint's",
        shown(architecture.model_type));
  }
  FP4JIT_ASSIGN_OR_RETURN(architecture.activation, read_activation(text, family->traits));
  Draft draft(text, family->traits.defaults, &architecture);
  FP4JIT_RETURN_IF_ERROR(draft.begin());
  FP4JIT_RETURN_IF_ERROR(family->attention(draft));
  FP4JIT_RETURN_IF_ERROR(family->feed_forward(draft, family->traits.mixture));
  if (request.mtp) add_mtp_layers(draft, family->traits.mtp_stem, family->traits.mtp_join);
  name_as_published(family->traits.published, &architecture);
  return architecture;
}

}  // namespace fp4jit::model
