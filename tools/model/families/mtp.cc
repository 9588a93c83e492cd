#include "tools/model/families/mtp.h"

#include <algorithm>
#include <numeric>

namespace fp4jit::model {

void add_mtp_layers(Draft& draft, std::string_view stem) {
  Architecture& architecture = draft.architecture();
  if (architecture.mtp_layers == 0) return;
  int64_t last = architecture.layers - 1;
  Layers predictors(static_cast<size_t>(architecture.mtp_layers));
  std::iota(predictors.begin(), predictors.end(), stem.empty() ? architecture.layers : 0);
  std::vector<Module> modules = architecture.modules;
  for (Module& module : modules) {
    bool in_last = std::binary_search(module.layers.begin(), module.layers.end(), last);
    if (module.stem.empty() || !in_last) continue;
    module.layers = predictors;
    if (!stem.empty()) module.stem = stem;
    draft.add(std::move(module));
  }
  Module join{"eh_proj", Role::kMlp, Split::kReplicated, 2 * draft.hidden(), draft.hidden()};
  join.layers = predictors;
  if (!stem.empty()) join.stem = stem;
  draft.add(std::move(join));
}

}  // namespace fp4jit::model
