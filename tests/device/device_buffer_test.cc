#include "device/device_buffer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "tests/fakes/fake_driver.h"

namespace fp4jit {
namespace {

// Device memory of a driver that has the host's: an address is a pointer. Every call needs a
// context.
CUresult with_context(bool done) {
  if (FakeDriver::current_context() == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
  return done ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

int allocated = 0;

DriverApi with_memory(DriverApi api) {
  api.mem_alloc = [](CUdeviceptr* address, size_t bytes) {
    void* memory = bytes < 1u << 20 ? std::malloc(bytes) : nullptr;
    allocated += memory != nullptr;
    *address = reinterpret_cast<CUdeviceptr>(memory);
    return with_context(memory != nullptr);
  };
  api.mem_free = [](CUdeviceptr address) {
    --allocated;
    std::free(reinterpret_cast<void*>(address));
    return with_context(true);
  };
  api.memcpy_htod = [](CUdeviceptr to, const void* from, size_t bytes) {
    std::memcpy(reinterpret_cast<void*>(to), from, bytes);
    return with_context(true);
  };
  api.memcpy_dtoh = [](void* to, CUdeviceptr from, size_t bytes) {
    std::memcpy(to, reinterpret_cast<void*>(from), bytes);
    return with_context(true);
  };
  return api;
}

class DeviceBufferTest : public testing::Test {
 protected:
  FakeDriver driver_;
  Devices devices_{[this] { return Result<DriverApi>(with_memory(driver_.api())); }};
};

TEST_F(DeviceBufferTest, BringsBytesThereAndBack) {
  {
    DeviceBuffer buffer = *DeviceBuffer::allocate(**devices_.get(0), 5);
    DeviceBuffer moved = std::move(buffer);
    char back[6] = "";
    EXPECT_TRUE(moved.copy_from("hello", 5).ok());
    EXPECT_TRUE(moved.copy_to(back, 5).ok());
    EXPECT_STREQ(back, "hello");
    EXPECT_EQ(moved.bytes(), 5);
    EXPECT_EQ(allocated, 1);
  }
  EXPECT_EQ(allocated, 0);
  EXPECT_EQ(FakeDriver::current_context(), nullptr);
}

TEST_F(DeviceBufferTest, NothingIsAnEmptyBuffer) {
  DeviceBuffer buffer = *DeviceBuffer::allocate(**devices_.get(0), 0);
  EXPECT_EQ(buffer.address(), 0u);
  EXPECT_TRUE(buffer.copy_from(nullptr, 0).ok());
  EXPECT_EQ(allocated, 0);
}

TEST_F(DeviceBufferTest, SaysHowMuchDidNotFitAndWhere) {
  Status status = DeviceBuffer::allocate(**devices_.get(0), 1u << 30).status();
  EXPECT_EQ(status.code(), StatusCode::kDriver);
  EXPECT_NE(status.message().find("cuMemAlloc of 1073741824 bytes on device 0"), std::string::npos);
}

TEST(DeviceBuffer, ADriverWithoutMemoryFunctionsIsRefused) {
  FakeDriver driver;
  Devices devices([&driver] { return Result<DriverApi>(driver.api()); });
  EXPECT_EQ(DeviceBuffer::allocate(**devices.get(0), 1).status().code(), StatusCode::kUnsupported);
}

}  // namespace
}  // namespace fp4jit
