#include "registry/miss_policy.h"

#include "base/fork_gate.h"
#include "base/format.h"
#include "device/capture.h"
#include "device/fork_guard.h"
#include "spec/text.h"

namespace fp4jit {

Result<OnMiss> parse_on_miss(std::string_view name) {
  if (name.empty()) return OnMiss::kBuild;
  if (auto value = enum_parse<OnMiss>(name)) return *value;
  return Status(
      StatusCode::kInvalidArgument,
      formatted("FP4JIT_ON_MISS must be one of {}; it is '{}'", enum_names<OnMiss>(), name));
}

MissPolicy::MissPolicy(std::shared_ptr<Registry> registry, std::shared_ptr<Devices> devices,
                       std::shared_ptr<Recorder> recorder, OnMiss on_miss)
    : registry_(std::move(registry)),
      devices_(std::move(devices)),
      recorder_(std::move(recorder)),
      on_miss_(on_miss),
      background_([this](const Spec& spec, int32_t device, const std::atomic<bool>* stop) {
        return registry_->prepare(spec, device, stop).status();
      }) {}

Result<const KernelRecord*> MissPolicy::serve(const Spec& spec, int32_t device, CUstream stream) {
  if (driver_lost_to_fork()) return forked_status();
  FP4JIT_ASSIGN_OR_RETURN(const DriverApi* driver, devices_->driver());
  bool capturing = is_capturing(*driver, stream);
  bool sealed = registry_->seal() == Seal::kHard;
  const KernelRecord* generic = sealed ? nullptr : find_generic(spec, device);
  if (generic != nullptr) {
    generic_.fetch_add(1, std::memory_order_relaxed);
    background_.request(spec, device);
    return generic;
  }
  // Another thread may have prepared it since it was missed.
  if (const KernelRecord* record = registry_->find(pack_spec(spec), device)) return record;
  if (capturing) return capture_status(spec, device);
  Result<const KernelRecord*> record = registry_->prepare(spec, device);
  bool refused = !record.ok() && record.status().code() == StatusCode::kSealed;
  if (!refused) built_.fetch_add(1, std::memory_order_relaxed);
  return record;
}

const KernelRecord* MissPolicy::find_generic(const Spec& spec, int32_t device) const {
  if (on_miss_ != OnMiss::kGeneric) return nullptr;
  return registry_->find(pack_spec(generic_spec(registry_->resolved(spec, device))), device);
}

void MissPolicy::note(const Spec& spec, int32_t device) {
  Spec own = registry_->resolved(spec, device);
  if (own.target == Target{} || !recorder_->enabled()) return;
  SlowPath slow;
  recorder_->note(own);
}

// What is noted reaches the trace when no capture forbids it.
Status MissPolicy::capture_status(const Spec& spec, int32_t device) {
  in_capture_.fetch_add(1, std::memory_order_relaxed);
  note(spec, device);
  return {StatusCode::kNotPreparedInCapture,
          formatted("{} is not loaded on device {}, and its stream is being captured: nothing was "
                    "done, and the capture is as valid as before. Call fp4jit_load or "
                    "fp4jit_prepare before the capture begins; to compile it ahead, run: {}",
                    spec_text_or_open(spec), device, registry_->prewarm_command(spec, device))};
}

MissCounters MissPolicy::counters() const {
  return {built_.load(std::memory_order_relaxed), generic_.load(std::memory_order_relaxed),
          in_capture_.load(std::memory_order_relaxed), background_.counters()};
}

}  // namespace fp4jit
