#include "tests/ptxsim/driver/launch_attributes.h"

namespace ptxsim {
namespace {

constexpr int kProgrammaticCapability = 90;

Answer read_cluster(unsigned x, unsigned y, unsigned z) {
  if (x == 1 && y == 1 && z == 1) return CUDA_SUCCESS;
  return {CUDA_ERROR_NOT_SUPPORTED, "clusters of more than one block are not modelled"};
}

Answer read_programmatic(const DeviceModel& device, int allowed, LaunchRequest* request) {
  if (allowed == 0) return CUDA_SUCCESS;
  if (device.capability < kProgrammaticCapability) {
    return {CUDA_ERROR_NOT_SUPPORTED, device.name + " has no programmatic launches"};
  }
  request->programmatic = true;
  return CUDA_SUCCESS;
}

Answer read_attribute(const DeviceModel& device, const CUlaunchAttribute& attribute,
                      LaunchRequest* request) {
  const CUlaunchAttributeValue& value = attribute.value;
  switch (attribute.id) {
    case CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION:
      return read_programmatic(device, value.programmaticStreamSerializationAllowed, request);
    case CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION:
      return read_cluster(value.clusterDim.x, value.clusterDim.y, value.clusterDim.z);
    case CU_LAUNCH_ATTRIBUTE_COOPERATIVE:
      if (value.cooperative == 0) return CUDA_SUCCESS;
      return {CUDA_ERROR_NOT_SUPPORTED, "cooperative launches are not modelled"};
    // Of caches, of the order of clusters and streams: no result depends on them.
    case CU_LAUNCH_ATTRIBUTE_IGNORE:
    case CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW:
    case CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY:
    case CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
    case CU_LAUNCH_ATTRIBUTE_PRIORITY:
    case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP:
    case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN:
    case CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
    case CU_LAUNCH_ATTRIBUTE_NVLINK_UTIL_CENTRIC_SCHEDULING:
      return CUDA_SUCCESS;
    default:
      return {CUDA_ERROR_NOT_SUPPORTED,
              "launch attribute " + std::to_string(attribute.id) + " is not modelled"};
  }
}

}  // namespace

Answer read_launch_attributes(const DeviceModel& device, const CUlaunchConfig& config,
                              LaunchRequest* request) {
  if (config.numAttrs != 0 && config.attrs == nullptr) return CUDA_ERROR_INVALID_VALUE;
  for (unsigned i = 0; i < config.numAttrs; ++i) {
    const Answer read = read_attribute(device, config.attrs[i], request);
    if (!read.ok()) return read;
  }
  return CUDA_SUCCESS;
}

}  // namespace ptxsim
