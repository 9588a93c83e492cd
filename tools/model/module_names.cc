#include "tools/model/module_names.h"

#include <fnmatch.h>

#include <algorithm>
#include <string_view>

#include "base/format.h"
#include "tools/model/json_reader.h"

namespace fp4jit::model {
namespace {

struct FusedRow {
  std::string_view projection;
  std::string_view fused;
};

constexpr FusedRow kFused[] = {
    {".q_proj", ".qkv_proj"},        {".k_proj", ".qkv_proj"},      {".v_proj", ".qkv_proj"},
    {".gate_proj", ".gate_up_proj"}, {".up_proj", ".gate_up_proj"},
};

// "mlp.experts.*.down_proj" of one expert; of all, where `expert` is "".
std::string with_expert(std::string path, const std::string& expert) {
  size_t star = path.find("*.");
  if (star == std::string::npos) return path;
  return path.replace(star, 2, expert.empty() ? "" : expert + ".");
}

// The projections that engines fuse names[i] into.
void add_fused_names(size_t i, std::vector<std::string>* names) {
  for (const FusedRow& row : kFused) {
    if (!(*names)[i].ends_with(row.projection)) continue;
    std::string parent = (*names)[i].substr(0, (*names)[i].size() - row.projection.size());
    names->push_back(parent.append(row.fused));
  }
}

// The component of `name` that begins at `begin`.
std::string_view component(std::string_view name, size_t begin) {
  return name.substr(begin, name.find('.', begin) - begin);
}

// The one layer that a normalized entry is about, or -1.
int64_t layer_of(const std::string& name) {
  if (!name.starts_with(kStems[0])) return -1;
  std::string_view layer = component(name, kStems[0].size());
  return is_number(layer) ? std::stoll(std::string(layer)) : -1;
}

// Whether a component "experts" is followed by a number, or by something that may tell numbers
// apart.
bool mentions_experts(std::string_view entry) {
  constexpr std::string_view kExperts = "experts.";
  for (size_t at = entry.find(kExperts); at != std::string_view::npos;
       at = entry.find(kExperts, at + 1)) {
    std::string_view which = component(entry, at + kExperts.size());
    if (which.find_first_of("0123456789[?") != std::string_view::npos) return true;
  }
  return false;
}

// Calls visit with every leading run of whole components of `name`, the longest first, until it
// gives an entry.
template <class Visit>
const std::string* visit_prefixes(std::string_view name, Visit visit) {
  while (true) {
    if (const std::string* entry = visit(std::string(name))) return entry;
    size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return nullptr;
    name = name.substr(0, dot);
  }
}

// The same with every run of whole components.
template <class Visit>
const std::string* visit_runs(std::string_view name, Visit visit) {
  while (true) {
    if (const std::string* entry = visit_prefixes(name, visit)) return entry;
    size_t dot = name.find('.');
    if (dot == std::string_view::npos) return nullptr;
    name = name.substr(dot + 1);
  }
}

// Whether a name is that of something that all layers stand in.
bool is_above_layers(std::string_view entry) {
  std::string parent = std::string(entry) + ".";
  return std::any_of(std::begin(kStems), std::end(kStems),
                     [&parent](std::string_view stem) { return stem.starts_with(parent); });
}

// Whether a glob goes into what layers stand in, in a way that normalized_name leaves as it is.
bool spells_stem(const std::string& entry) {
  if (normalized_name(entry).starts_with(kStems[0])) return false;
  for (std::string_view part : {"language_model", "backbone", "model.layers"}) {
    if (entry.find(part) != std::string::npos) return true;
  }
  return false;
}

bool glob_matches(const std::string& glob, const std::string& text) {
  // The letters before the first wildcard rule most out at once.
  size_t head = glob.find_first_of("*?[");
  return glob.compare(0, head, text, 0, head) == 0 &&
         fnmatch(glob.c_str(), text.c_str(), FNM_NOESCAPE) == 0;
}

}  // namespace

NamedModule name_module(const Module& module, int64_t layer, int64_t expert) {
  std::string stem = module.stem.empty() ? "" : formatted("{}.{}.", module.stem, layer);
  NamedModule named{module.role, layer, {}};
  for (const std::string* path : {&module.path, &module.published}) {
    if (path->empty()) continue;
    named.names.push_back(stem + with_expert(*path, std::to_string(expert)));
    // Where all experts are one parameter, it has no number.
    if (module.count > 1) named.names.push_back(stem + with_expert(*path, ""));
  }
  for (size_t i = 0, plain = named.names.size(); i < plain; ++i) add_fused_names(i, &named.names);
  return named;
}

bool is_number(std::string_view component) {
  constexpr size_t kMostDigits = 9;
  return !component.empty() && component.size() <= kMostDigits &&
         component.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string normalized_name(const std::string& name) {
  for (std::string_view stem : kStems) {
    if (name.starts_with(stem)) return std::string(kStems[0]).append(name, stem.size());
  }
  return name;
}

std::vector<std::string> with_every_stem(const std::string& name) {
  if (!name.starts_with(kStems[0])) return {name};
  std::vector<std::string> names;
  for (std::string_view stem : kStems)
    names.push_back(std::string(stem).append(name, kStems[0].size()));
  return names;
}

Result<ModuleList> ModuleList::of_globs(const std::vector<std::string>& globs) {
  ModuleList list;
  for (const std::string& entry : globs) {
    FP4JIT_RETURN_IF_ERROR(list.require_bounded(entry));
    if (entry.find_first_of("*?[") == std::string::npos) {
      list.add_name(entry);
    } else {
      list.add_glob(entry);
    }
  }
  return list;
}

Result<ModuleList> ModuleList::of_targets(const std::vector<std::string>& targets) {
  ModuleList list;
  for (const std::string& entry : targets) {
    FP4JIT_RETURN_IF_ERROR(list.require_bounded(entry));
    if (entry == kEveryLinear) {
      list.every_ = entry;
    } else if (entry.starts_with("re:")) {
      FP4JIT_RETURN_IF_ERROR(list.add_expression(entry));
    } else {
      list.anchored_.emplace(normalized_name(entry), entry);
      list.names_experts_ |= mentions_experts(entry);
    }
  }
  return list;
}

// Published lists have some hundred patterns of a hundred characters; a hostile one must not take
// hours.
Status ModuleList::require_bounded(const std::string& entry) const {
  constexpr size_t kLongest = 1000, kMostPatterns = 1000;
  if (entry.size() > kLongest) {
    return {StatusCode::kInvalidArgument,
            formatted("'{}' has {} characters; an entry has at most {}", shown(entry), entry.size(),
                      kLongest)};
  }
  if (globs_.size() + expressions_.size() < kMostPatterns) return {};
  return {StatusCode::kInvalidArgument,
          formatted("over {} patterns that name no layer", kMostPatterns)};
}

void ModuleList::add_name(const std::string& entry) {
  if (is_above_layers(entry)) {
    every_ = entry;
    return;
  }
  std::string name = normalized_name(entry);
  (name.starts_with("model.") ? anchored_ : relative_).emplace(name, entry);
  names_experts_ |= mentions_experts(entry);
}

void ModuleList::add_glob(const std::string& entry) {
  Glob glob{normalized_name(entry), entry, spells_stem(entry)};
  int64_t layer = layer_of(glob.text);
  (layer < 0 ? globs_ : globs_of_layers_[layer]).push_back(std::move(glob));
  names_experts_ |= mentions_experts(entry);
}

const std::string* ModuleList::find_name(const std::string& name) const {
  auto look_up = [](const Names& names) {
    return [&names](const std::string& run) {
      auto found = names.find(run);
      return found == names.end() ? nullptr : &found->second;
    };
  };
  if (!anchored_.empty()) {
    if (const std::string* entry = visit_prefixes(name, look_up(anchored_))) return entry;
  }
  return relative_.empty() ? nullptr : visit_runs(name, look_up(relative_));
}

const std::string* ModuleList::find_glob(const NamedModule& module) const {
  auto find_in = [&module](const std::vector<Glob>& globs) -> const std::string* {
    for (const Glob& glob : globs) {
      auto match = [&glob](const std::string& run) {
        return glob_matches(glob.text, run) ? &glob.entry : nullptr;
      };
      bool is_anchored = glob.text.starts_with("model.");
      for (const std::string& name : module.names) {
        if (is_anchored ? visit_prefixes(name, match) : visit_runs(name, match)) return &glob.entry;
        if (!glob.spells_stem) continue;
        for (const std::string& spelled : with_every_stem(name)) {
          if (visit_prefixes(spelled, match)) return &glob.entry;
        }
      }
    }
    return nullptr;
  };
  auto of_layer = globs_of_layers_.find(module.layer);
  if (of_layer != globs_of_layers_.end()) {
    if (const std::string* entry = find_in(of_layer->second)) return entry;
  }
  return find_in(globs_);
}

const std::string* ModuleList::find(const NamedModule& module) const {
  if (!every_.empty()) return &every_;
  for (const std::string& name : module.names) {
    if (const std::string* entry = find_name(name)) return entry;
  }
  if (const std::string* entry = find_glob(module)) return entry;
  return find_expression(module);
}

}  // namespace fp4jit::model
