#include <cuda_occupancy.h>

#include <cstring>

#include "tests/ptxsim/driver/driver_fixture.h"

namespace ptxsim {
namespace {

int attribute(CUdevice_attribute which, CUdevice device = 0) {
  int value = -1;
  EXPECT_EQ(cuDeviceGetAttribute(&value, which, device), CUDA_SUCCESS);
  return value;
}

TEST(Device, NothingWorksBeforeInit) {
  in_own_process({}, "", [] {
    int count = 0;
    CUcontext context = nullptr;
    CUdeviceptr address = 0;
    EXPECT_EQ(cuDeviceGetCount(&count), CUDA_ERROR_NOT_INITIALIZED);
    EXPECT_EQ(cuCtxGetCurrent(&context), CUDA_ERROR_NOT_INITIALIZED);
    EXPECT_EQ(cuMemAlloc(&address, 4), CUDA_ERROR_NOT_INITIALIZED);
    EXPECT_EQ(cuDriverGetVersion(&count), CUDA_SUCCESS);
    EXPECT_GE(count, CUDA_VERSION);
  });
}

TEST(Device, InitTakesNoFlagsAndMayBeRepeated) {
  EXPECT_EQ(cuInit(1), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuInit(0), CUDA_SUCCESS);
  EXPECT_EQ(cuInit(0), CUDA_SUCCESS);
}

TEST(Device, IsWhatTheEnvironmentNames) {
  const struct {
    const char* name;
    int major, minor;
  } kDevices[] = {{"sm_80", 8, 0},    {"sm_86", 8, 6},    {"sm_87", 8, 7},    {"sm_89", 8, 9},
                  {"sm_90", 9, 0},    {"sm_90a", 9, 0},   {"sm_100", 10, 0},  {"sm_100a", 10, 0},
                  {"sm_100f", 10, 0}, {"sm_103a", 10, 3}, {"sm_110a", 11, 0}, {"sm_120a", 12, 0},
                  {"sm_120f", 12, 0}, {"sm_121a", 12, 1}};
  for (const auto& expected : kDevices) {
    SCOPED_TRACE(expected.name);
    in_own_process({{"PTXSIM_DEVICE", expected.name}}, "", [&] {
      EXPECT_EQ(cuInit(0), CUDA_SUCCESS);
      EXPECT_EQ(attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR), expected.major);
      EXPECT_EQ(attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR), expected.minor);
      char name[64] = "";
      EXPECT_EQ(cuDeviceGetName(name, sizeof name, 0), CUDA_SUCCESS);
      EXPECT_STREQ(name, (std::string("ptxsim ") + expected.name).c_str());
    });
  }
}

// NVIDIA's own occupancy header says how many blocks a multiprocessor takes.
TEST(Device, BlocksOfAMultiprocessorAreNvidias) {
  for (const char* name : {"sm_80", "sm_86", "sm_89", "sm_90", "sm_100a", "sm_110a", "sm_121a"}) {
    SCOPED_TRACE(name);
    in_own_process({{"PTXSIM_DEVICE", name}}, "", [] {
      EXPECT_EQ(cuInit(0), CUDA_SUCCESS);
      cudaOccDeviceProp properties;
      properties.computeMajor = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
      properties.computeMinor = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
      int blocks = 0;
      EXPECT_EQ(cudaOccMaxBlocksPerMultiprocessor(&blocks, &properties), CUDA_OCC_SUCCESS);
      EXPECT_EQ(attribute(CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR), blocks);
      // All of the shared memory is the largest configuration that the header knows.
      size_t shared =
          static_cast<size_t>(attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR));
      const size_t all = shared;
      properties.sharedMemPerMultiprocessor = all;
      properties.reservedSharedMemPerBlock = 1024;
      EXPECT_EQ(cudaOccAlignUpShmemSizeVoltaPlus(&shared, &properties), CUDA_OCC_SUCCESS);
      EXPECT_EQ(shared, all);
      shared = all + 1;
      EXPECT_NE(cudaOccAlignUpShmemSizeVoltaPlus(&shared, &properties), CUDA_OCC_SUCCESS);
    });
  }
}

TEST(Device, AnUnknownOneIsNoDeviceAndTheKnownAreListed) {
  in_own_process({{"PTXSIM_DEVICE", "sm_75"}}, "'sm_75' is not a known device: sm_80.*sm_121a",
                 [] { EXPECT_EQ(cuInit(0), CUDA_ERROR_NO_DEVICE); });
  for (const char* name : {"sm_90f", "sm_80a", "100a", "sm_100aa", "sm_", "sm_100a,"}) {
    SCOPED_TRACE(name);
    in_own_process({{"PTXSIM_DEVICE", name}}, "is not a known device",
                   [] { EXPECT_EQ(cuInit(0), CUDA_ERROR_NO_DEVICE); });
  }
}

TEST(Device, SettingsThatMeanNothingFailInit) {
  for (const auto& [name, value] : Environment{
           {"PTXSIM_DEVICES", "0"}, {"PTXSIM_DEVICES", "two"}, {"PTXSIM_MEMORY_MB", "-1"}}) {
    SCOPED_TRACE(name + "=" + value);
    in_own_process({{name, value}}, name + ": '" + value + "'",
                   [] { EXPECT_EQ(cuInit(0), CUDA_ERROR_INVALID_VALUE); });
  }
}

TEST(Device, NoMoreAreNamedThanThereAre) {
  in_own_process({{"PTXSIM_DEVICE", "sm_90,sm_90"}, {"PTXSIM_DEVICES", "1"}}, "names more",
                 [] { EXPECT_EQ(cuInit(0), CUDA_ERROR_INVALID_VALUE); });
}

TEST(Device, SeveralHaveOrdinalsNamesAndSlotsOfTheirOwn) {
  in_own_process({{"PTXSIM_DEVICE", "sm_90,sm_120a"}, {"PTXSIM_DEVICES", "3"}}, "", [] {
    EXPECT_EQ(cuInit(0), CUDA_SUCCESS);
    int count = 0;
    EXPECT_EQ(cuDeviceGetCount(&count), CUDA_SUCCESS);
    EXPECT_EQ(count, 3);
    EXPECT_EQ(attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 0), 9);
    EXPECT_EQ(attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 1), 12);
    EXPECT_EQ(attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 2), 12);
    char first[16] = "", second[16] = "";
    EXPECT_EQ(cuDeviceGetPCIBusId(first, sizeof first, 1), CUDA_SUCCESS);
    EXPECT_EQ(cuDeviceGetPCIBusId(second, sizeof second, 2), CUDA_SUCCESS);
    EXPECT_STRNE(first, second);
    CUdevice device = -1;
    EXPECT_EQ(cuDeviceGetByPCIBusId(&device, second), CUDA_SUCCESS);
    EXPECT_EQ(device, 2);
    CUuuid one = {}, other = {};
    EXPECT_EQ(cuDeviceGetUuid(&one, 1), CUDA_SUCCESS);
    EXPECT_EQ(cuDeviceGetUuid(&other, 2), CUDA_SUCCESS);
    EXPECT_NE(std::memcmp(&one, &other, sizeof one), 0);
  });
}

TEST_F(Driver, AttributesThatCudaDoesNotHaveAreRefused) {
  int value = 0;
  EXPECT_EQ(cuDeviceGetAttribute(&value, static_cast<CUdevice_attribute>(0), 0),
            CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_MAX, 0), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuDeviceGetAttribute(nullptr, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 0),
            CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 1),
            CUDA_ERROR_INVALID_DEVICE);
  EXPECT_EQ(attribute(CU_DEVICE_ATTRIBUTE_WARP_SIZE), 32);
  EXPECT_EQ(attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN), 227 * 1024);
  EXPECT_EQ(attribute(CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING), 1);
  EXPECT_EQ(attribute(CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH), 0);
}

TEST_F(Driver, NamesAreCutToTheirRoom) {
  char name[8];
  EXPECT_EQ(cuDeviceGetName(name, sizeof name, 0), CUDA_SUCCESS);
  EXPECT_STREQ(name, "ptxsim ");
  EXPECT_EQ(cuDeviceGetName(name, 0, 0), CUDA_ERROR_INVALID_VALUE);
}

}  // namespace
}  // namespace ptxsim
