// What: Spec -> Artifact through the layers: memory, the user store, then the compiler. Packs will
// stand between the store and the compiler. The one road for the C API, the registry and `fp4jit
// prewarm`, so that what was prewarmed is what is found.
// Threads: every method may be called from many threads; two calls for one spec may both compile
// (the registry and the pool see to it that they do not), and end with the same bytes.
// Errors: the store never fails a call. What the compiler says is passed on, with the spec, the
// layers that were searched, and what to run.
#pragma once

#include <atomic>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/log.h"
#include "base/time_sum.h"
#include "cache/object_store.h"
#include "compile/artifact.h"
#include "compile/compiler.h"

namespace fp4jit {

// The CUDA version of the driver that is to load an artifact (13000 for CUDA 13.0), where none is
// at hand: whoever loads it later will see.
inline constexpr int kAnyDriver = std::numeric_limits<int>::max();

struct ArtifactCacheCounters {
  uint64_t memory_hits = 0;
  uint64_t store_hits = 0;
  uint64_t too_new = 0;  // look-ups that passed over what the driver cannot load
  uint64_t compiles = 0;
  uint64_t compile_failures = 0;
  double compile_seconds = 0;  // failed ones and the opening of the compiler included
};

struct Found {
  ArtifactPointer artifact;
  Layer layer = Layer::kMemory;
};

class ArtifactCache {
 public:
  // `kind`: cubin, or PTX for every target (FP4JIT_ARTIFACT).
  ArtifactCache(std::shared_ptr<cache::ObjectStore> store, std::shared_ptr<LazyCompiler> compiler,
                cache::Kind kind, Log log);

  // The artifact of a spec that has a template, compiled if no layer has it. A compiled one is in
  // memory but not yet in the store: hand it to its caller first, then call store_artifact. What
  // `driver` is too old for is passed over. `cancelled` may be null.
  Result<Found> get(const Spec& spec, const std::atomic<bool>* cancelled = nullptr,
                    int driver = kAnyDriver);

  // The same without the compiler: nothing where no layer has it.
  std::optional<Found> find(const Spec& spec, int driver = kAnyDriver);

  // Lets go of the memory layer's copy, for a caller who goes through many specs once each. The
  // other layers still have it, and so have those who hold it.
  void forget(const Spec& spec);

  // Opens the compiler and compiles the spec for nothing, unless this process has compiled before:
  // exit() waits for a thread in the compiler, but not for one that is there for the first time.
  void ready_compiler(const Spec& spec);

  // Puts a compiled artifact into the store; false where it does not stand there afterwards, which
  // the store's state explains.
  bool store_artifact(const Artifact& artifact);

  // What compiles the spec ahead of time into this store.
  std::string prewarm_command(const Spec& spec) const;

  cache::ObjectStore& store() { return *store_; }
  LazyCompiler& compiler() { return *compiler_; }
  cache::Kind kind() const { return kind_; }
  ArtifactCacheCounters counters() const;

 private:
  ArtifactPointer find_in_memory(const Spec& spec);
  ArtifactPointer keep(const Spec& spec, cache::Record record);
  std::optional<cache::Record> find_in_store(const Spec& spec, int driver, bool* passed_over);
  Result<ArtifactPointer> compile(const Spec& spec, const std::atomic<bool>* cancelled, int driver);
  Status explain_miss(const Spec& spec, const Status& status, int driver) const;

  std::shared_ptr<cache::ObjectStore> store_;
  std::shared_ptr<LazyCompiler> compiler_;
  cache::Kind kind_;
  Log log_;
  mutable std::mutex mutex_;  // guards memory_
  std::map<Spec, ArtifactPointer> memory_;
  std::once_flag tried_to_ready_;
  std::atomic<uint64_t> memory_hits_{0}, store_hits_{0}, too_new_{0};
  std::atomic<uint64_t> compiles_{0}, compile_failures_{0};
  TimeSum compile_time_;
};

}  // namespace fp4jit
