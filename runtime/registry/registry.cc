#include "registry/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <vector>

#include "compile/device_target.h"
#include "spec/text.h"

namespace fp4jit {
namespace {

bool is_cancelled(const std::atomic<bool>* cancelled) {
  return cancelled != nullptr && cancelled->load(std::memory_order_relaxed);
}

// Repeats a flight that ended because the caller who led it cancelled, for those who did not.
template <class Run>
auto run_until_ours(const std::atomic<bool>* cancelled, Run run) {
  while (true) {
    auto result = run();
    bool was_cancelled = !result.ok() && result.status().code() == StatusCode::kCancelled;
    if (!was_cancelled || is_cancelled(cancelled)) return result;
  }
}

// Other targets whose artifacts serve a request for `target` on the device, the best first: what
// was made for its whole family, or as PTX, needs no compiler here.
std::vector<Target> stand_ins(Target target, const Device& device) {
  std::vector<Target> found;
  if (target.is_ptx || target.suffix == TargetSuffix::kFamily) return found;
  std::optional<Target> family = family_target(target);
  if (family) found.push_back(*family);
  found.push_back(ptx_target(target));
  if (family) found.push_back(ptx_target(*family));
  for (Target lower : std::views::reverse(all_targets())) {
    Target ptx = ptx_target(lower);
    bool is_plain = lower.suffix == TargetSuffix::kNone && lower != target;
    if (is_plain && check_target(device, ptx).ok()) found.push_back(ptx);
  }
  return found;
}

KernelImage image_of(const cache::Record& record) {
  cache::Digest digest = cache::digest_bytes(record.payload);
  return {&record.payload,
          record.kernel_symbol,
          {digest.high, digest.low},
          static_cast<int>(record.lowest_driver),
          record.waits_for_predecessor};
}

}  // namespace

Registry::Registry(std::shared_ptr<ArtifactCache> artifacts, std::shared_ptr<Devices> devices,
                   LibraryTable& libraries, Log log)
    : artifacts_(std::move(artifacts)),
      devices_(std::move(devices)),
      libraries_(libraries),
      log_(std::move(log)) {}

const KernelRecord* Registry::find(PackedSpec spec, int32_t device) const {
  return table_.find({spec, device});
}

const KernelRecord* Registry::kernel(uint32_t handle) const {
  return kernels_.get(handle);
}

Result<ArtifactPointer> Registry::compile(const Spec& spec, const std::atomic<bool>* cancelled) {
  if (spec.target == Target{}) {
    return Status(
        StatusCode::kInvalidSpec,
        "target must be set, as in sm_90: without a device there is none to take it from");
  }
  FP4JIT_RETURN_IF_ERROR(require_template(spec));
  ArtifactPointer compiled;
  Result<ArtifactPointer> artifact = obtain(spec, kAnyDriver, cancelled, &compiled);
  if (compiled) artifacts_->store_artifact(*compiled);
  return artifact;
}

Result<const KernelRecord*> Registry::prepare(const Spec& spec, int32_t device,
                                              const std::atomic<bool>* cancelled) {
  if (spec.target == Target{}) return prepare_for_own_target(spec, device, cancelled);
  FP4JIT_RETURN_IF_ERROR(require_template(spec));
  KernelKey key{pack_spec(spec), device};
  if (const KernelRecord* record = table_.find(key)) return record;
  ArtifactPointer compiled;
  auto record = run_until_ours(cancelled, [&] {
    return loading_.run(key, [&] { return load(spec, key, cancelled, &compiled); });
  });
  // Only now: nobody waits for the disk who waited for the kernel.
  if (compiled) artifacts_->store_artifact(*compiled);
  return record;
}

Result<ArtifactPointer> Registry::obtain(const Spec& spec, int driver,
                                         const std::atomic<bool>* cancelled,
                                         ArtifactPointer* compiled) {
  return run_until_ours(cancelled, [&] {
    return compiling_.run({pack_spec(spec), driver}, [&]() -> Result<ArtifactPointer> {
      FP4JIT_ASSIGN_OR_RETURN(Found found, artifacts_->get(spec, cancelled, driver));
      if (found.layer == Layer::kCompile) *compiled = found.artifact;
      return found.artifact;
    });
  });
}

Result<const KernelRecord*> Registry::prepare_for_own_target(const Spec& spec, int32_t device,
                                                             const std::atomic<bool>* cancelled) {
  FP4JIT_ASSIGN_OR_RETURN(const Device* found, devices_->get(device));
  Spec own = spec;
  bool is_known = true;
  FP4JIT_ASSIGN_OR_RETURN(own.target, target_for_device(found->major, found->minor, &is_known));
  if (!is_known && !warned_.exchange(true)) {
    log_.write(LogLevel::kWarn,
               fmt::format("{} is newer than this library: it gets the integer path as {}",
                           device_text(*found), target_text(own.target)));
  }
  FP4JIT_ASSIGN_OR_RETURN(const KernelRecord* record, prepare(own, device, cancelled));
  KernelKey alias{pack_spec(spec), device};
  std::lock_guard lock(publishing_);
  if (table_.find(alias) == nullptr) table_.insert(alias, record);
  return record;
}

Result<const KernelRecord*> Registry::load(const Spec& spec, const KernelKey& key,
                                           const std::atomic<bool>* cancelled,
                                           ArtifactPointer* compiled) {
  // An earlier flight may have landed between this thread's look-up and its own.
  if (const KernelRecord* record = table_.find(key)) return record;
  FP4JIT_ASSIGN_OR_RETURN(const Device* device, devices_->get(key.device));
  FP4JIT_RETURN_IF_ERROR(check_target(*device, spec.target));
  FP4JIT_ASSIGN_OR_RETURN(LoadedKernel kernel, load_best(spec, *device, cancelled, compiled));
  loads_.fetch_add(1, std::memory_order_relaxed);
  log_.write(LogLevel::kInfo,
             fmt::format("loaded {} on {}", spec_text(kernel.spec), device_text(*device)));
  return publish(key, kernel);
}

// What the driver refuses, though by its version it should not, is passed over: in place of another
// target's the exact one may do, and in place of that what an earlier NVRTC compiled.
Result<LoadedKernel> Registry::load_best(const Spec& spec, const Device& device,
                                         const std::atomic<bool>* cancelled,
                                         ArtifactPointer* compiled) {
  Status refusal;
  int driver = device.driver_version;
  bool exact_only = false;
  while (true) {
    Result<ArtifactPointer> artifact =
        exact_only ? obtain(spec, driver, cancelled, compiled)
                   : artifact_for(spec, device, driver, cancelled, compiled);
    if (!artifact.ok()) return refusal.ok() ? artifact.status() : refusal;
    const auto& [compiled_spec, record] = **artifact;
    Result<LoadedKernel> kernel = load_kernel(libraries_, device, compiled_spec, image_of(record));
    if (kernel.ok()) return kernel;
    load_failures_.fetch_add(1, std::memory_order_relaxed);
    if (kernel.status().code() != StatusCode::kUnsupported) return kernel;
    refusal = {StatusCode::kUnsupported,
               fmt::format("{}; NVRTC {} compiled it", kernel.status().message(),
                           record.toolchain.text())};
    exact_only = compiled_spec.target != spec.target;
    if (!exact_only) driver = std::min(driver, static_cast<int>(record.lowest_driver)) - 1;
  }
}

Result<ArtifactPointer> Registry::artifact_for(const Spec& spec, const Device& device, int driver,
                                               const std::atomic<bool>* cancelled,
                                               ArtifactPointer* compiled) {
  if (std::optional<Found> exact = artifacts_->find(spec, driver)) return exact->artifact;
  for (Target target : stand_ins(spec.target, device)) {
    Spec other = spec;
    other.target = target;
    if (std::optional<Found> found = artifacts_->find(other, driver)) return found->artifact;
  }
  return obtain(spec, driver, cancelled, compiled);
}

Result<const KernelRecord*> Registry::publish(const KernelKey& key, const LoadedKernel& kernel) {
  std::lock_guard lock(publishing_);
  const KernelRecord* record = kernels_.append(kernel);
  if (record == nullptr) {
    return Status(StatusCode::kOutOfMemory,
                  fmt::format("{} kernels are registered, which is all that handles can name; make "
                              "another runtime",
                              KernelArray::kCapacity));
  }
  table_.insert(key, record);
  return record;
}

RegistryCounters Registry::counters() const {
  return {kernels_.size(), loads_.load(std::memory_order_relaxed),
          load_failures_.load(std::memory_order_relaxed)};
}

}  // namespace fp4jit
