// What: a spec's best artifact for a device, loaded there: the exact one, or one that was made for
// the device's family or as PTX and needs no compiler here.
// Threads: load may be called from any thread.
// Errors: those of the artifact cache and the driver. What the driver refuses, though by its
// version it should not, is passed over as long as something else may do.
#pragma once

#include <atomic>
#include <functional>

#include "base/time_sum.h"
#include "compile/artifact_cache.h"
#include "device/kernel.h"

namespace fp4jit {

class KernelLoader {
 public:
  // Gives an artifact of that very spec which `driver` loads, compiled where that is allowed.
  using Obtain = std::function<Result<ArtifactPointer>(const Spec& spec, int driver)>;

  KernelLoader(ArtifactCache& artifacts, LibraryTable& libraries)
      : artifacts_(artifacts), libraries_(libraries) {}

  Result<LoadedKernel> load(const Spec& spec, const Device& device, const Obtain& obtain);

  uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }
  double seconds() const { return time_.seconds(); }

 private:
  Result<LoadedKernel> load_timed(const Device& device, const Artifact& artifact);
  Result<ArtifactPointer> artifact_for(const Spec& spec, const Device& device, int driver,
                                       const Obtain& obtain);

  ArtifactCache& artifacts_;
  LibraryTable& libraries_;
  std::atomic<uint64_t> failures_{0};
  TimeSum time_;
};

}  // namespace fp4jit
