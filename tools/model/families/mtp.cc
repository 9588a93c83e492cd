#include "tools/model/families/mtp.h"

#include <algorithm>
#include <numeric>

namespace fp4jit::model {

namespace {

enum class Half { kMixer, kAttention, kFeedForward };

Half half_of(Role role) {
  if (role == Role::kSsm) return Half::kMixer;
  return role == Role::kAttention ? Half::kAttention : Half::kFeedForward;
}

// The last layer that has full attention, or a feed-forward block: where layers are of several
// kinds, a predictor has both.
int64_t last_layer(const std::vector<Module>& modules, Role role) {
  if (half_of(role) == Half::kMixer) return -1;
  int64_t last = -1;
  for (const Module& module : modules) {
    if (!module.stem.empty() && half_of(module.role) == half_of(role))
      last = std::max(last, module.layers.back());
  }
  return last;
}

}  // namespace

void add_mtp_layers(Draft& draft, std::string_view stem, std::string_view join) {
  Architecture& architecture = draft.architecture();
  if (architecture.mtp_layers == 0) return;
  Layers predictors(static_cast<size_t>(architecture.mtp_layers));
  std::iota(predictors.begin(), predictors.end(), stem.empty() ? architecture.layers : 0);
  const std::vector<Module> modules = architecture.modules;
  for (Module module : modules) {
    if (module.stem.empty() || module.layers.back() != last_layer(modules, module.role)) continue;
    module.layers = predictors;
    if (!stem.empty()) module.stem = stem;
    draft.add(std::move(module));
  }
  Module joining{std::string(join), Role::kMlp, Split::kReplicated, 2 * draft.hidden(),
                 draft.hidden(),    1,          Input::kOther,      predictors};
  bool is_outside = join.find('.') != std::string_view::npos;  // one for all, named in full
  if (is_outside) joining.layers = {0};
  if (is_outside || !stem.empty()) joining.stem = is_outside ? "" : stem;
  draft.add(std::move(joining));
}

}  // namespace fp4jit::model
