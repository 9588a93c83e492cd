#include "tools/cli/plan_check.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/format.h"
#include "compile/artifact_key.h"
#include "compile/artifact_kind.h"
#include "spec/text.h"

namespace fp4jit::cli {
namespace {

using Objects = std::vector<const cache::StoredObject*>;

// A store's records by the key in their name, and good ones by their spec without its target.
struct StoreIndex {
  std::map<cache::Digest, Objects> by_key;
  std::map<std::string, Objects> by_kernel;
};

std::string without_target(const std::string& spec) {
  return spec.substr(0, spec.find('@'));
}

StoreIndex index_store(const std::vector<cache::StoredObject>& objects) {
  StoreIndex index;
  for (const cache::StoredObject& object : objects) {
    std::filesystem::path path = object.path;
    auto name =
        cache::parse_object_name(path.parent_path().filename().string(), path.filename().string());
    if (name) index.by_key[name->key].push_back(&object);
    if (object.reason.empty())
      index.by_kernel[without_target(object.decoded.record.spec)].push_back(&object);
  }
  return index;
}

// What the store has instead of a kernel, as its user would want to be told.
std::string explain_missing(const StoreIndex& index, const std::string& spec, cache::Kind kind) {
  auto same = index.by_kernel.find(without_target(spec));
  if (same == index.by_kernel.end()) return "is not in the store";
  std::vector<std::string> targets;
  for (const cache::StoredObject* object : same->second) {
    const cache::Record& record = object->decoded.record;
    if (record.spec == spec && record.kind != kind)
      return formatted("is in the store as {}, not as {}", artifact_kind_name(record.kind),
                       artifact_kind_name(kind));
    if (record.spec == spec) return "is in the store from other templates or another version";
    targets.push_back(record.spec.substr(record.spec.find('@') + 1));
  }
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  return formatted("is in the store for {}, not for {}", fmt::join(targets, ", "),
                   spec.substr(spec.find('@') + 1));
}

PlanFinding check_spec(const StoreIndex& index, const Spec& spec, cache::Kind kind) {
  PlanFinding finding{spec_text(spec), Finding::kMissing, "", ""};
  ArtifactKey key = artifact_key(spec, kind);
  auto named = index.by_key.find(key.digest);
  if (named != index.by_key.end()) {
    for (const cache::StoredObject* object : named->second) {
      bool is_good = object->reason.empty() && object->decoded.record.key_text == key.text;
      finding.path = object->path;
      finding.finding = is_good ? Finding::kGood : Finding::kBad;
      finding.reason = is_good ? "" : object->reason.empty() ? "has another key" : object->reason;
      if (is_good) break;
    }
    return finding;
  }
  finding.reason = explain_missing(index, finding.spec, kind);
  return finding;
}

size_t count(const std::vector<PlanFinding>& findings, Finding wanted) {
  return static_cast<size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [wanted](const PlanFinding& finding) { return finding.finding == wanted; }));
}

}  // namespace

std::vector<PlanFinding> check_plan(cache::ObjectStore& store, cache::Kind kind,
                                    const SpecList& plan) {
  std::vector<cache::StoredObject> objects = store.walk();
  StoreIndex index = index_store(objects);
  std::vector<PlanFinding> findings;
  for (const Spec& spec : plan.specs) findings.push_back(check_spec(index, spec, kind));
  for (const RefusedSpec& refused : plan.refused)
    findings.push_back({refused.text, Finding::kMissing, "", refused.status.message()});
  return findings;
}

Json findings_json(const std::vector<PlanFinding>& findings) {
  Json missing = Json::array(), bad = Json::array();
  for (const PlanFinding& finding : findings) {
    if (finding.finding == Finding::kMissing)
      missing.push_back({{"spec", finding.spec}, {"reason", finding.reason}});
    if (finding.finding == Finding::kBad)
      bad.push_back({{"spec", finding.spec}, {"path", finding.path}, {"reason", finding.reason}});
  }
  return {{"checked", findings.size()},
          {"good", count(findings, Finding::kGood)},
          {"missing", missing},
          {"bad", bad}};
}

void print_findings(const std::vector<PlanFinding>& findings) {
  for (const PlanFinding& finding : findings) {
    if (finding.finding == Finding::kMissing)
      print_formatted(stdout, "missing: {}: {}\n", finding.spec, finding.reason);
    if (finding.finding == Finding::kBad)
      print_formatted(stdout, "bad: {}: {} ({})\n", finding.spec, finding.reason, finding.path);
  }
  print_formatted(stdout, "checked {}, good {}, missing {}, bad {}\n", findings.size(),
                  count(findings, Finding::kGood), count(findings, Finding::kMissing),
                  count(findings, Finding::kBad));
}

bool all_good(const std::vector<PlanFinding>& findings) {
  return count(findings, Finding::kGood) == findings.size();
}

}  // namespace fp4jit::cli
