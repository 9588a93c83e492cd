#include "registry/registry.h"

#include <fmt/format.h>

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
  for (Target family : all_targets()) {
    if (family.suffix == TargetSuffix::kFamily && check_target(device, family).ok()) {
      found.push_back(family);
    }
  }
  size_t families = found.size();
  found.push_back(ptx_target(target));
  for (size_t i = 0; i < families; ++i) found.push_back(ptx_target(found[i]));
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

Result<ArtifactPointer> Registry::compile(const Spec& spec, const std::atomic<bool>* cancelled) {
  if (spec.target == Target{}) {
    return Status(
        StatusCode::kInvalidSpec,
        "target must be set, as in sm_90: without a device there is none to take it from");
  }
  FP4JIT_RETURN_IF_ERROR(require_template(spec));
  ArtifactPointer compiled;
  Result<ArtifactPointer> artifact = obtain(spec, cancelled, &compiled);
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

Result<ArtifactPointer> Registry::obtain(const Spec& spec, const std::atomic<bool>* cancelled,
                                         ArtifactPointer* compiled) {
  return run_until_ours(cancelled, [&] {
    return compiling_.run(pack_spec(spec), [&]() -> Result<ArtifactPointer> {
      FP4JIT_ASSIGN_OR_RETURN(Found found, artifacts_->get(spec, cancelled));
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
  FP4JIT_ASSIGN_OR_RETURN(ArtifactPointer artifact,
                          artifact_for(spec, *device, cancelled, compiled));
  Result<LoadedKernel> kernel =
      load_kernel(libraries_, *device, artifact->spec, image_of(artifact->record));
  if (!kernel.ok()) {
    load_failures_.fetch_add(1, std::memory_order_relaxed);
    return kernel.status();
  }
  loads_.fetch_add(1, std::memory_order_relaxed);
  log_.write(LogLevel::kInfo,
             fmt::format("loaded {} on {}", spec_text(artifact->spec), device_text(*device)));
  return publish(key, *kernel);
}

Result<ArtifactPointer> Registry::artifact_for(const Spec& spec, const Device& device,
                                               const std::atomic<bool>* cancelled,
                                               ArtifactPointer* compiled) {
  if (std::optional<Found> exact = artifacts_->find(spec)) return exact->artifact;
  for (Target target : stand_ins(spec.target, device)) {
    Spec other = spec;
    other.target = target;
    std::optional<Found> found = artifacts_->find(other);
    if (!found) continue;
    int lowest_driver = static_cast<int>(found->artifact->record.lowest_driver);
    if (lowest_driver <= device.driver_version) return found->artifact;
  }
  return obtain(spec, cancelled, compiled);
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
