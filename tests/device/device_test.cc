#include "device/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_driver.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

Devices::Open open(const FakeDriver& driver) {
  return [api = driver.api()] { return Result<DriverApi>(api); };
}

TEST(Devices, TouchNoDriverBeforeTheyAreNeeded) {
  FakeDriver driver;
  Devices devices(open(driver));
  EXPECT_FALSE(devices.opened());
  EXPECT_TRUE(driver.sequence().empty());
}

TEST(Devices, DescribeADeviceOnce) {
  FakeDriver driver({{9, 0, "Fake H100"}, {10, 3, "Fake B300"}});
  driver.version = 12080;
  Devices devices(open(driver));
  Result<const Device*> first = devices.get(1);
  ASSERT_TRUE(first.ok()) << first.status().message();
  EXPECT_EQ(device_text(**first), "device 1 (Fake B300, compute capability 10.3)");
  EXPECT_EQ((*first)->driver_version, 12080);
  EXPECT_EQ((*first)->primary_context, FakeDriver::primary_context(1));
  EXPECT_EQ(*devices.get(1), *first);
  EXPECT_EQ(driver.calls("cuInit"), 1);
  EXPECT_EQ(driver.calls("cuDevicePrimaryCtxRetain"), 1);
  EXPECT_EQ(*devices.count(), 2);
  EXPECT_TRUE(devices.opened());
}

// Another thread may be capturing, and each of these calls would end that.
TEST(Devices, CallTheDriverUnderRelaxedCaptureAlone) {
  FakeDriver driver;
  Devices devices(open(driver));
  ASSERT_TRUE(devices.get(0).ok());
  constexpr const char* kExchange = "cuThreadExchangeStreamCaptureMode";
  EXPECT_THAT(
      driver.sequence(),
      testing::ElementsAre(kExchange, "cuInit", "cuDriverGetVersion", "cuDeviceGetCount", kExchange,
                           kExchange, "cuDeviceGet", "cuDeviceGetName", "cuDeviceGetAttribute",
                           "cuDeviceGetAttribute", "cuDevicePrimaryCtxRetain", kExchange));
  EXPECT_EQ(FakeDriver::capture_mode(), CU_STREAM_CAPTURE_MODE_GLOBAL);
}

TEST(Devices, NameAnOrdinalThatIsNoDevice) {
  FakeDriver driver;
  Devices devices(open(driver));
  for (int ordinal : {-1, 1}) {
    Status status = devices.get(ordinal).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(status.message(), HasSubstr("device " + std::to_string(ordinal)));
    EXPECT_THAT(status.message(), HasSubstr("shows 1"));
  }
}

TEST(Devices, TakeAMachineWithoutGpusForNoDriver) {
  FakeDriver driver(std::vector<FakeGpu>{});
  Devices devices(open(driver));
  EXPECT_EQ(devices.get(0).status().code(), StatusCode::kNoDriver);
}

TEST(Devices, PassOnThatThereIsNoDriverAndTryAgain) {
  FakeDriver driver;
  int opened = 0;
  Devices devices([&]() -> Result<DriverApi> {
    if (++opened == 1) return Status(StatusCode::kNoDriver, "not yet");
    return driver.api();
  });
  EXPECT_EQ(devices.get(0).status().code(), StatusCode::kNoDriver);
  EXPECT_TRUE(devices.get(0).ok());
}

class DevicesFailing : public testing::TestWithParam<const char*> {};

TEST_P(DevicesFailing, NameTheCallAndForgetTheError) {
  FakeDriver driver;
  driver.fail(GetParam(), CUDA_ERROR_UNKNOWN);
  Devices devices(open(driver));
  Status status = devices.get(0).status();
  EXPECT_EQ(status.code(), StatusCode::kDriver);
  EXPECT_THAT(status.message(), HasSubstr(GetParam()));
  EXPECT_TRUE(devices.get(0).ok());
}

INSTANTIATE_TEST_SUITE_P(EachCall, DevicesFailing,
                         testing::Values("cuInit", "cuDriverGetVersion", "cuDeviceGetCount",
                                         "cuDeviceGet", "cuDeviceGetName", "cuDeviceGetAttribute",
                                         "cuDevicePrimaryCtxRetain"));

struct TargetCase {
  const char* target;
  int major, minor;
  bool runs;
};

class CheckTarget : public testing::TestWithParam<TargetCase> {};

TEST_P(CheckTarget, FollowsTheCompatibilityRules) {
  Device device;
  device.major = GetParam().major;
  device.minor = GetParam().minor;
  device.name = "Fake";
  Status status = check_target(device, *parse_target(GetParam().target));
  EXPECT_EQ(status.ok(), GetParam().runs);
  if (GetParam().runs) return;
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  EXPECT_THAT(status.message(), HasSubstr(GetParam().target));
}

// CUDA programming guide, "Compute capabilities": cubins within a major version, `a` on its own
// capability alone, `f` within its family, plain PTX on everything later.
INSTANTIATE_TEST_SUITE_P(
    All, CheckTarget,
    testing::Values(TargetCase{"sm_80", 8, 0, true}, TargetCase{"sm_80", 8, 6, true},
                    TargetCase{"sm_86", 8, 0, false}, TargetCase{"sm_80", 9, 0, false},
                    TargetCase{"sm_90", 9, 0, true}, TargetCase{"sm_90a", 9, 0, true},
                    TargetCase{"sm_90", 10, 0, false}, TargetCase{"compute_90", 10, 3, true},
                    TargetCase{"compute_90", 8, 9, false}, TargetCase{"compute_90a", 10, 0, false},
                    TargetCase{"sm_100a", 10, 0, true}, TargetCase{"sm_100a", 10, 3, false},
                    TargetCase{"sm_100f", 10, 3, true}, TargetCase{"sm_103a", 10, 0, false},
                    TargetCase{"sm_100f", 11, 0, false}, TargetCase{"sm_100f", 12, 0, false},
                    TargetCase{"compute_100f", 10, 3, true},
                    TargetCase{"compute_100f", 12, 0, false}, TargetCase{"sm_120f", 12, 1, true},
                    TargetCase{"sm_120a", 12, 1, false}));

}  // namespace
}  // namespace fp4jit
