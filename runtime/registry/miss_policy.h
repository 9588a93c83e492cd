// What: what becomes of a call whose kernel find does not have: an error at once while its stream
// is captured; else a build, or the run-time-K kernel while a build goes on in the background.
// Threads: everything may be called from any thread. serve may block; while the stream is captured
// it only asks the driver that.
// Errors: kNotPreparedInCapture, kSealed, and those of Registry::prepare; all name the spec and
// what to run.
#pragma once

#include <atomic>
#include <memory>

#include "base/enum_table.h"
#include "registry/background_builds.h"
#include "registry/registry.h"

namespace fp4jit {

enum class OnMiss : uint8_t {
  kBuild,    // build it, while the call waits
  kGeneric,  // the run-time-K kernel of the same spec at once, where it is loaded
};

struct OnMissRow {
  OnMiss value;
  std::string_view name;
};

template <>
inline constexpr OnMissRow kEnumTable<OnMiss>[] = {
    {OnMiss::kBuild, "build"},
    {OnMiss::kGeneric, "generic"},
};
static_assert(enum_table_ordered<OnMiss>());

// The value of FP4JIT_ON_MISS; "" is build. kInvalidArgument names the variable.
Result<OnMiss> parse_on_miss(std::string_view name);

struct MissCounters {
  uint64_t built = 0;       // led to a build, or a wait for one
  uint64_t generic = 0;     // served by the run-time-K kernel
  uint64_t in_capture = 0;  // refused
  BackgroundCounters background;
};

class MissPolicy {
 public:
  MissPolicy(std::shared_ptr<Registry> registry, std::shared_ptr<Devices> devices,
             std::shared_ptr<Recorder> recorder, OnMiss on_miss);

  // The kernel for a call on `stream`: the spec's own, or the run-time-K one (whose spec says k=0).
  Result<const KernelRecord*> serve(const Spec& spec, int32_t device, CUstream stream);

  // For the trace, without a file.
  void note(const Spec& spec, int32_t device);

  Status drain() { return background_.drain(); }
  void stop_background() { background_.drop(); }
  MissCounters counters() const;

 private:
  const KernelRecord* find_generic(const Spec& spec, int32_t device) const;
  Status capture_status(const Spec& spec, int32_t device);

  std::shared_ptr<Registry> registry_;
  std::shared_ptr<Devices> devices_;
  std::shared_ptr<Recorder> recorder_;
  const OnMiss on_miss_;
  std::atomic<uint64_t> built_{0}, generic_{0}, in_capture_{0};
  BackgroundBuilds background_;  // last: its thread uses the rest
};

}  // namespace fp4jit
