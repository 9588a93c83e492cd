// What: many specs through the artifact cache, over a pool of threads.
// Threads: run_prewarm is called once; `done` is called under a lock, from the pool's threads.
// Errors: each spec has its own Status; a failure stops nothing.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/enum_table.h"
#include "compile/artifact_cache.h"

namespace fp4jit::cli {

enum class Outcome : uint8_t { kPlanned, kCompiled, kCached, kFailed };

struct OutcomeRow {
  Outcome value;
  std::string_view name;
};

}  // namespace fp4jit::cli

namespace fp4jit {

template <>
inline constexpr cli::OutcomeRow kEnumTable<cli::Outcome>[] = {
    {cli::Outcome::kPlanned, "planned"},
    {cli::Outcome::kCompiled, "compiled"},
    {cli::Outcome::kCached, "cached"},
    {cli::Outcome::kFailed, "failed"},
};
static_assert(enum_table_ordered<cli::Outcome>());

}  // namespace fp4jit

namespace fp4jit::cli {

struct SpecResult {
  std::string spec;  // canonical text
  Outcome outcome = Outcome::kPlanned;
  double milliseconds = 0;        // to look it up or to compile it
  double store_milliseconds = 0;  // to store it after that
  uint64_t bytes = 0;             // of the artifact
  bool stored = true;             // what was compiled stands in the store
  Status status;                  // of a failure
};

struct PrewarmRun {
  std::vector<SpecResult>
      results;         // in the order of the specs; what an interrupt left out is missing
  size_t resumed = 0;  // specs that an earlier run had done, and were left out
  bool interrupted = false;
  double seconds = 0;

  size_t count(Outcome outcome) const;
};

// `jobs` threads; 0: one per core. An artifact is forgotten once it is stored, or cannot be: memory
// must not grow with the number of specs.
PrewarmRun run_prewarm(ArtifactCache& artifacts, const std::vector<Spec>& specs, int jobs,
                       const std::atomic<bool>* cancelled,
                       const std::function<void(const SpecResult&)>& done);

// The same without doing anything.
PrewarmRun dry_run(const std::vector<Spec>& specs);

}  // namespace fp4jit::cli
