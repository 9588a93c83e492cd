// What: Spec -> kernel in memory. Look-ups read a snapshot; a miss goes through the artifact cache
// and the driver once, however many threads want it, and is then published.
// Threads: everything may be called from any number of threads. find and kernel never block: no
// string, lock, allocation, clock or environment. compile and prepare may do all of that, as far as
// the seal lets them, and keep a fork() waiting meanwhile.
// Memory: what find and kernel give lives as long as the registry.
// Errors: those of the compiler, the driver and the checks of a spec; none is remembered.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "compile/artifact_cache.h"
#include "device/kernel.h"
#include "registry/kernel_array.h"
#include "registry/kernel_loader.h"
#include "registry/recorder.h"
#include "registry/seal.h"
#include "registry/single_flight.h"
#include "registry/snapshot_table.h"

namespace fp4jit {

inline constexpr int32_t kNoDevice = -1;

// The spec whose kernel takes K and k_out at each launch, and gives the same bytes for `spec`'s.
Spec generic_spec(const Spec& spec);

struct RegistryOptions {
  std::shared_ptr<Recorder> recorder;  // may be null
  bool loads_generic = false;          // with each kernel also the one of its generic_spec
};

struct RegistryCounters {
  uint64_t kernels = 0;  // that handles name
  uint64_t loads = 0;
  uint64_t load_failures = 0;
  uint64_t waits = 0;  // of a thread for what another builds
  double load_seconds = 0;
};

class Registry {
 public:
  Registry(std::shared_ptr<ArtifactCache> artifacts, std::shared_ptr<Devices> devices,
           LibraryTable& libraries, Log log, RegistryOptions options = {});
  ~Registry();

  // The look-ups, out of line so that their machine code can be read and counted. Null: not
  // prepared.
  const KernelRecord* find(PackedSpec spec, int32_t device) const;

  // Null for a handle that this registry never gave out.
  const KernelRecord* kernel(uint32_t handle) const;

  // Sees to it that the artifact exists. `cancelled` may be null.
  Result<ArtifactPointer> compile(const Spec& spec, const std::atomic<bool>* cancelled = nullptr);

  // Sees to it that find gives the kernel. A spec without a target (sm 0) gets the device's own,
  // and is found both ways afterwards.
  Result<const KernelRecord*> prepare(const Spec& spec, int32_t device,
                                      const std::atomic<bool>* cancelled = nullptr);

  // From now on compile and prepare do no more than the seal allows, and give kSealed for what they
  // would need more for.
  void seal(Seal seal) { seal_.store(seal, std::memory_order_release); }
  Seal seal() const { return seal_.load(std::memory_order_acquire); }

  // kSealed, naming the spec, the seal, and the command that would have prepared it.
  Status sealed_status(const Spec& spec, int32_t device) const;

  // For a shell; with the device's own target where the spec has none and the device is known.
  std::string prewarm_command(const Spec& spec, int32_t device) const;

  // The spec with the device's own target where it has none and the device is known; neither blocks
  // nor calls the driver.
  Spec resolved(const Spec& spec, int32_t device) const;

  RegistryCounters counters() const;

 private:
  Result<const KernelRecord*> prepare_for_own_target(const Spec& spec, int32_t device,
                                                     const std::atomic<bool>* cancelled);
  Result<const KernelRecord*> prepare_missing(const Spec& spec, const KernelKey& key,
                                              const std::atomic<bool>* cancelled);
  // In these two *compiled is set if this very call compiled: its caller stores the artifact, after
  // it has handed out what others wait for. `driver` is as in ArtifactCache::get.
  Result<const KernelRecord*> load(const Spec& spec, const KernelKey& key,
                                   const std::atomic<bool>* cancelled, ArtifactPointer* compiled);
  Result<ArtifactPointer> obtain(const Spec& spec, int driver, const std::atomic<bool>* cancelled,
                                 ArtifactPointer* compiled);
  Result<ArtifactPointer> find_sealed(const Spec& spec, int driver);
  void prepare_generic(const Spec& spec, int32_t device, const std::atomic<bool>* cancelled);
  Result<Spec> with_own_target(const Spec& spec, int32_t device);
  Result<const KernelRecord*> publish(const KernelKey& key, const LoadedKernel& kernel);

  std::shared_ptr<ArtifactCache> artifacts_;
  std::shared_ptr<Devices> devices_;
  Log log_;
  RegistryOptions options_;
  KernelLoader loader_;
  std::atomic<Seal> seal_{Seal::kOff};
  SingleFlight<std::pair<PackedSpec, int>, ArtifactPointer> compiling_;
  SingleFlight<KernelKey, const KernelRecord*> loading_;
  std::mutex publishing_;  // held by the one writer of the next two
  SnapshotTable<> table_;
  const uint32_t tag_;
  KernelArray kernels_;
  std::atomic<bool> warned_{false};  // of a device that is not in the map
  std::atomic<uint64_t> loads_{0};
};

}  // namespace fp4jit
