#include "tools/cli/spec_list.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/format.h"
#include "spec/text.h"

namespace fp4jit::cli {
namespace {

bool names_target(std::string_view text) {
  return text.find('@') != std::string_view::npos;
}

// "nvfp4_quantize[…]@sm_100a" for each target; the text as it is where there is none.
std::vector<std::string> with_targets(std::string_view text, const std::vector<Target>& targets) {
  if (targets.empty()) return {std::string(text)};
  std::vector<std::string> texts;
  for (Target target : targets) {
    texts.push_back(formatted("{}@{}", text.substr(0, text.find('@')), target_text(target)));
  }
  return texts;
}

// A spec is plain ASCII. What else a file holds would spoil the message, or the terminal.
Status check_bytes(std::string_view text) {
  auto bad = std::find_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; });
  if (bad == text.end()) return {};
  return {StatusCode::kInvalidSpec,
          formatted("byte {} is 0x{:02x}; expected a spec, which is plain ASCII",
                    bad - text.begin() + 1, static_cast<unsigned char>(*bad))};
}

Result<Spec> parse_text(const std::string& text) {
  Result<Spec> spec = parse_spec(text);
  if (!spec.ok()) {
    const char* hint = text.ends_with(']') ? "; or name the target with --target" : "";
    return Status(spec.status().code(), spec.status().message() + hint);
  }
  Status has_template = require_template(*spec);
  if (has_template.ok()) return spec;
  return Status(has_template.code(), formatted("spec '{}': {}", text, has_template.message()));
}

Status at(const ListedSpec& entry, const Status& status) {
  if (status.ok()) return status;
  return {StatusCode::kInvalidSpec, formatted("{}: {}", entry.place, status.message())};
}

}  // namespace

Result<SpecList> parse_listed(const std::vector<ListedSpec>& listed,
                              const std::vector<Target>& targets) {
  SpecList list;
  std::set<Spec> seen;
  std::set<std::string> refused;
  for (const ListedSpec& entry : listed) {
    FP4JIT_RETURN_IF_ERROR(at(entry, check_bytes(entry.text)));
    for (const std::string& text : with_targets(entry.text, targets)) {
      Result<Spec> spec = parse_text(text);
      if (spec.ok()) {
        if (seen.insert(*spec).second) list.specs.push_back(*spec);
      } else if (spec.status().code() == StatusCode::kUnsupported) {
        if (refused.insert(text).second) list.refused.push_back({text, spec.status()});
      } else {
        return at(entry, spec.status());
      }
    }
  }
  return list;
}

Result<std::vector<Spec>> parse_flags(const std::vector<std::string>& texts,
                                      const std::vector<Target>& targets) {
  std::vector<Spec> specs;
  std::set<Spec> seen;
  for (const std::string& named : texts) {
    if (!targets.empty() && names_target(named)) {
      return Status(StatusCode::kInvalidSpec,
                    formatted("spec '{}' names its target; leave out that, or --target", named));
    }
    for (const std::string& text : with_targets(named, targets)) {
      Result<Spec> spec = parse_text(text);
      if (!spec.ok()) return Status(StatusCode::kInvalidSpec, spec.status().message());
      if (seen.insert(*spec).second) specs.push_back(*spec);
    }
  }
  return specs;
}

}  // namespace fp4jit::cli
