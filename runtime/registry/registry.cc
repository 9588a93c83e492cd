#include "registry/registry.h"

#include "base/fork_gate.h"
#include "base/format.h"
#include "compile/device_target.h"
#include "device/fork_guard.h"
#include "registry/handle_tag.h"
#include "spec/text.h"

namespace fp4jit {
namespace {

bool is_cancelled(const std::atomic<bool>* cancelled) {
  return cancelled != nullptr && cancelled->load(std::memory_order_relaxed);
}

// Repeats a flight that ended because the caller who led it cancelled, or was refused by a seal
// that is no more, for those whom that does not concern.
template <class Run>
auto run_until_ours(const std::atomic<bool>* cancelled, const std::atomic<Seal>& seal, Run run) {
  while (true) {
    auto result = run();
    if (result.ok()) return result;
    StatusCode code = result.status().code();
    bool theirs = (code == StatusCode::kCancelled && !is_cancelled(cancelled)) ||
                  (code == StatusCode::kSealed && seal.load() == Seal::kOff);
    if (!theirs) return result;
  }
}

// Notes the spec; what was noted goes to disk at the end, when nobody waits for the kernel any
// more, unless the registry may touch none.
class Recording {
 public:
  Recording(Recorder* recorder, const Spec& spec, Seal seal) : recorder_(recorder), seal_(seal) {
    if (recorder_ != nullptr) recorder_->note(spec);
  }
  ~Recording() {
    if (recorder_ != nullptr && seal_ != Seal::kHard) recorder_->flush();
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

 private:
  Recorder* recorder_;
  Seal seal_;
};

}  // namespace

Spec generic_spec(const Spec& spec) {
  Spec generic = spec;
  generic.k = generic.k_out = 0;
  return generic;
}

Registry::Registry(std::shared_ptr<ArtifactCache> artifacts, std::shared_ptr<Devices> devices,
                   LibraryTable& libraries, Log log, RegistryOptions options)
    : artifacts_(std::move(artifacts)),
      devices_(std::move(devices)),
      log_(std::move(log)),
      options_(std::move(options)),
      loader_(*artifacts_, libraries),
      tag_(take_handle_tag()),
      kernels_(tag_) {}

Registry::~Registry() {
  give_back_handle_tag(tag_);
}

const KernelRecord* Registry::find(PackedSpec spec, int32_t device) const {
  return table_.find({spec, device});
}

const KernelRecord* Registry::kernel(uint32_t handle) const {
  return kernels_.get(handle);
}

Result<ArtifactPointer> Registry::compile(const Spec& spec, const std::atomic<bool>* cancelled) {
  SlowPath slow;
  if (spec.target == Target{}) {
    return Status(
        StatusCode::kInvalidSpec,
        "target must be set, as in sm_90: without a device there is none to take it from");
  }
  FP4JIT_RETURN_IF_ERROR(require_template(spec));
  Recording recording(options_.recorder.get(), spec, seal());
  if (seal() == Seal::kHard) return sealed_status(spec, kNoDevice);
  ArtifactPointer compiled;
  Result<ArtifactPointer> artifact = obtain(spec, kAnyDriver, cancelled, &compiled);
  if (compiled) artifacts_->store_artifact(*compiled);
  return artifact;
}

Result<const KernelRecord*> Registry::prepare(const Spec& spec, int32_t device,
                                              const std::atomic<bool>* cancelled) {
  if (driver_lost_to_fork()) return forked_status();
  KernelKey key{pack_spec(spec), device};
  if (const KernelRecord* record = table_.find(key)) return record;
  SlowPath slow;
  if (spec.target == Target{}) return prepare_for_own_target(spec, device, cancelled);
  FP4JIT_RETURN_IF_ERROR(require_template(spec));
  return prepare_missing(spec, key, cancelled);
}

Result<const KernelRecord*> Registry::prepare_missing(const Spec& spec, const KernelKey& key,
                                                      const std::atomic<bool>* cancelled) {
  Recording recording(options_.recorder.get(), spec, seal());
  if (seal() == Seal::kHard) return sealed_status(spec, key.device);
  ArtifactPointer compiled;
  auto record = run_until_ours(cancelled, seal_, [&] {
    return loading_.run(key, cancelled, [&] { return load(spec, key, cancelled, &compiled); });
  });
  // Only now: nobody waits for the disk who waited for the kernel.
  if (compiled) artifacts_->store_artifact(*compiled);
  if (record.ok() && options_.loads_generic) prepare_generic(spec, key.device, cancelled);
  return record;
}

// A failure costs no more than the stand-in of kernels that are missing.
void Registry::prepare_generic(const Spec& spec, int32_t device,
                               const std::atomic<bool>* cancelled) {
  if (spec.k == 0) return;
  Status status = prepare(generic_spec(spec), device, cancelled).status();
  if (status.ok() && seal() == Seal::kOff) artifacts_->ready_compiler(generic_spec(spec));
  if (status.ok() || status.code() == StatusCode::kCancelled) return;
  log_.write(LogLevel::kWarn, formatted("no run-time-K kernel stands in for {} and its like: {}",
                                        spec_text(spec), status.message()));
}

Result<ArtifactPointer> Registry::obtain(const Spec& spec, int driver,
                                         const std::atomic<bool>* cancelled,
                                         ArtifactPointer* compiled) {
  return run_until_ours(cancelled, seal_, [&] {
    return compiling_.run({pack_spec(spec), driver}, cancelled, [&]() -> Result<ArtifactPointer> {
      if (seal() != Seal::kOff) return find_sealed(spec, driver);
      FP4JIT_ASSIGN_OR_RETURN(Found found, artifacts_->get(spec, cancelled, driver));
      if (found.layer == Layer::kCompile) *compiled = found.artifact;
      return found.artifact;
    });
  });
}

Result<const KernelRecord*> Registry::prepare_for_own_target(const Spec& spec, int32_t device,
                                                             const std::atomic<bool>* cancelled) {
  if (seal() == Seal::kHard && devices_->known(device) == nullptr) {
    return sealed_status(spec, device);
  }
  FP4JIT_ASSIGN_OR_RETURN(Spec own, with_own_target(spec, device));
  FP4JIT_ASSIGN_OR_RETURN(const KernelRecord* record, prepare(own, device, cancelled));
  KernelKey alias{pack_spec(spec), device};
  std::lock_guard lock(publishing_);
  if (table_.find(alias) == nullptr) table_.insert(alias, record);
  return record;
}

Result<Spec> Registry::with_own_target(const Spec& spec, int32_t device) {
  const Device* found = devices_->known(device);
  if (found == nullptr) {
    FP4JIT_ASSIGN_OR_RETURN(found, devices_->get(device));
  }
  Spec own = spec;
  bool is_known = true;
  FP4JIT_ASSIGN_OR_RETURN(own.target, target_for_device(found->major, found->minor, &is_known));
  if (!is_known && !warned_.exchange(true)) {
    log_.write(LogLevel::kWarn,
               formatted("{} is newer than this library: it gets the integer path as {}",
                         device_text(*found), target_text(own.target)));
  }
  return own;
}

Spec Registry::resolved(const Spec& spec, int32_t device) const {
  const Device* known = devices_->known(device);
  if (spec.target != Target{} || known == nullptr) return spec;
  Spec own = spec;
  bool is_known = true;
  Result<Target> target = target_for_device(known->major, known->minor, &is_known);
  if (target.ok()) own.target = *target;
  return own;
}

std::string Registry::prewarm_command(const Spec& spec, int32_t device) const {
  return artifacts_->prewarm_command(resolved(spec, device));
}

Status Registry::sealed_status(const Spec& spec, int32_t device) const {
  Seal seal = this->seal();
  std::string where = device == kNoDevice ? "" : formatted(" for device {}", device);
  return {StatusCode::kSealed,
          formatted("{} was not prepared{}, and the runtime is sealed ({}): {}. Before the next "
                    "start, run: {}",
                    spec_text_or_open(spec), where, enum_name(seal),
                    seal == Seal::kHard ? "nothing is read, compiled or loaded"
                                        : "it is not in the store, and nothing is compiled",
                    prewarm_command(spec, device))};
}

Result<ArtifactPointer> Registry::find_sealed(const Spec& spec, int driver) {
  if (std::optional<Found> found = artifacts_->find(spec, driver)) return found->artifact;
  return sealed_status(spec, kNoDevice);
}

Result<const KernelRecord*> Registry::load(const Spec& spec, const KernelKey& key,
                                           const std::atomic<bool>* cancelled,
                                           ArtifactPointer* compiled) {
  // An earlier flight may have landed between this thread's look-up and its own.
  if (const KernelRecord* record = table_.find(key)) return record;
  FP4JIT_ASSIGN_OR_RETURN(const Device* device, devices_->get(key.device));
  FP4JIT_RETURN_IF_ERROR(check_target(*device, spec.target));
  FP4JIT_ASSIGN_OR_RETURN(LoadedKernel kernel,
                          loader_.load(spec, *device, [&](const Spec& wanted, int driver) {
                            return obtain(wanted, driver, cancelled, compiled);
                          }));
  loads_.fetch_add(1, std::memory_order_relaxed);
  log_.write(LogLevel::kInfo,
             formatted("loaded {} on {}", spec_text(kernel.spec), device_text(*device)));
  return publish(key, kernel);
}

Result<const KernelRecord*> Registry::publish(const KernelKey& key, const LoadedKernel& kernel) {
  std::lock_guard lock(publishing_);
  const KernelRecord* record = kernels_.append(kernel);
  if (record == nullptr) {
    return Status(StatusCode::kOutOfMemory,
                  formatted("{} kernels are registered, which is all that handles can name; make "
                            "another runtime",
                            KernelArray::kCapacity));
  }
  table_.insert(key, record);
  return record;
}

RegistryCounters Registry::counters() const {
  return {kernels_.size(), loads_.load(std::memory_order_relaxed), loader_.failures(),
          compiling_.waits() + loading_.waits(), loader_.seconds()};
}

}  // namespace fp4jit
