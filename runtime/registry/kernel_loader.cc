#include "registry/kernel_loader.h"

#include <algorithm>
#include <ranges>
#include <vector>

#include "base/format.h"
#include "spec/target.h"

namespace fp4jit {
namespace {

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

// What the driver refuses, though by its version it should not, is passed over: in place of another
// target's the exact one may do, and in place of that what an earlier NVRTC compiled.
Result<LoadedKernel> KernelLoader::load(const Spec& spec, const Device& device,
                                        const Obtain& obtain) {
  Status refusal;
  int driver = device.driver_version;
  bool exact_only = false;
  while (true) {
    Result<ArtifactPointer> artifact =
        exact_only ? obtain(spec, driver) : artifact_for(spec, device, driver, obtain);
    if (!artifact.ok()) return refusal.ok() ? artifact.status() : refusal;
    const auto& [compiled_spec, record] = **artifact;
    Result<LoadedKernel> kernel = load_timed(device, **artifact);
    if (kernel.ok()) return kernel;
    failures_.fetch_add(1, std::memory_order_relaxed);
    if (kernel.status().code() != StatusCode::kUnsupported) return kernel;
    refusal = {
        StatusCode::kUnsupported,
        formatted("{}; NVRTC {} compiled it", kernel.status().message(), record.toolchain.text())};
    exact_only = compiled_spec.target != spec.target;
    if (!exact_only) driver = std::min(driver, static_cast<int>(record.lowest_driver)) - 1;
  }
}

Result<LoadedKernel> KernelLoader::load_timed(const Device& device, const Artifact& artifact) {
  TimeSum::Span span(time_);
  return load_kernel(libraries_, device, artifact.spec, image_of(artifact.record));
}

Result<ArtifactPointer> KernelLoader::artifact_for(const Spec& spec, const Device& device,
                                                   int driver, const Obtain& obtain) {
  if (std::optional<Found> exact = artifacts_.find(spec, driver)) return exact->artifact;
  for (Target target : stand_ins(spec.target, device)) {
    Spec other = spec;
    other.target = target;
    if (std::optional<Found> found = artifacts_.find(other, driver)) return found->artifact;
  }
  return obtain(spec, driver);
}

}  // namespace fp4jit
