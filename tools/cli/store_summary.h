// What: what a store holds, counted: records and bytes, in all and by what they are for.
// Threads: pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cache/object_store.h"
#include "tools/cli/output.h"

namespace fp4jit::cli {

struct RecordCount {
  uint64_t records = 0;
  uint64_t bytes = 0;
};

struct StoreSummary {
  RecordCount good;
  uint64_t bad = 0;      // fail their own checksum or stand under a wrong name
  uint64_t foreign = 0;  // sound, and of another version of fp4jit
  // "toolchain", "target", "kind", "format", each by its values.
  std::map<std::string, std::map<std::string, RecordCount>> by;
};

StoreSummary summarise(const std::vector<cache::StoredObject>& objects);

Json summary_json(const cache::ObjectStore& store, const StoreSummary& summary);
void print_summary(const cache::ObjectStore& store, const StoreSummary& summary);

}  // namespace fp4jit::cli
