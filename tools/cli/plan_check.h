// What: whether a store has every kernel that a plan lists, as a process of this version would look
// it up.
// Threads: as ObjectStore.
#pragma once

#include <string>
#include <vector>

#include "cache/object_store.h"
#include "tools/cli/output.h"
#include "tools/cli/spec_list.h"

namespace fp4jit::cli {

enum class Finding : uint8_t { kGood, kMissing, kBad };

struct PlanFinding {
  std::string spec;
  Finding finding = Finding::kMissing;
  std::string path;    // of a record that is good or bad
  std::string reason;  // of what is not good
};

// Reads every record of the store, and changes nothing.
std::vector<PlanFinding> check_plan(cache::ObjectStore& store, cache::Kind kind,
                                    const SpecList& plan);

Json findings_json(const std::vector<PlanFinding>& findings);

// A line for each that is not good, and the counts.
void print_findings(const std::vector<PlanFinding>& findings);

bool all_good(const std::vector<PlanFinding>& findings);

}  // namespace fp4jit::cli
