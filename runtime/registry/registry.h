// What: Spec -> kernel in memory. Look-ups read a snapshot; a miss goes through the artifact cache
// and the driver once, however many threads want it, and is then published.
// Threads: everything may be called from any number of threads. find and kernel never block: no
// string, lock, allocation, clock or environment. compile and prepare may do all of that.
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
#include "registry/single_flight.h"
#include "registry/snapshot_table.h"

namespace fp4jit {

struct RegistryCounters {
  uint64_t kernels = 0;  // that handles name
  uint64_t loads = 0;
  uint64_t load_failures = 0;
};

class Registry {
 public:
  Registry(std::shared_ptr<ArtifactCache> artifacts, std::shared_ptr<Devices> devices,
           LibraryTable& libraries, Log log);

  // Null: not prepared. This one and the next are functions of their own in the library, so that a
  // test can look at their instructions.
  const KernelRecord* find(PackedSpec spec, int32_t device) const;

  // Null for a handle that this registry never gave out.
  const KernelRecord* kernel(uint32_t handle) const;

  // Sees to it that the artifact exists. `cancelled` may be null.
  Result<ArtifactPointer> compile(const Spec& spec, const std::atomic<bool>* cancelled = nullptr);

  // Sees to it that find gives the kernel. A spec without a target (sm 0) gets the device's own,
  // and is found both ways afterwards.
  Result<const KernelRecord*> prepare(const Spec& spec, int32_t device,
                                      const std::atomic<bool>* cancelled = nullptr);

  RegistryCounters counters() const;

 private:
  Result<const KernelRecord*> prepare_for_own_target(const Spec& spec, int32_t device,
                                                     const std::atomic<bool>* cancelled);
  // In these four *compiled is set if this very call compiled: its caller stores the artifact,
  // after it has handed out what others wait for. `driver` is as in ArtifactCache::get.
  Result<const KernelRecord*> load(const Spec& spec, const KernelKey& key,
                                   const std::atomic<bool>* cancelled, ArtifactPointer* compiled);
  Result<LoadedKernel> load_best(const Spec& spec, const Device& device,
                                 const std::atomic<bool>* cancelled, ArtifactPointer* compiled);
  Result<ArtifactPointer> artifact_for(const Spec& spec, const Device& device, int driver,
                                       const std::atomic<bool>* cancelled,
                                       ArtifactPointer* compiled);
  Result<ArtifactPointer> obtain(const Spec& spec, int driver, const std::atomic<bool>* cancelled,
                                 ArtifactPointer* compiled);
  Result<const KernelRecord*> publish(const KernelKey& key, const LoadedKernel& kernel);

  std::shared_ptr<ArtifactCache> artifacts_;
  std::shared_ptr<Devices> devices_;
  LibraryTable& libraries_;
  Log log_;
  SingleFlight<std::pair<PackedSpec, int>, ArtifactPointer> compiling_;
  SingleFlight<KernelKey, const KernelRecord*> loading_;
  std::mutex publishing_;  // held by the one writer of the next two
  SnapshotTable<> table_;
  KernelArray kernels_;
  std::atomic<bool> warned_{false};  // of a device that is not in the map
  std::atomic<uint64_t> loads_{0}, load_failures_{0};
};

}  // namespace fp4jit
