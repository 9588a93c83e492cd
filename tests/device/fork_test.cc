#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device/fork_guard.h"
#include "device/launch.h"
#include "tests/fakes/fake_driver.h"

namespace fp4jit {
namespace {

// What `body` gives in a child of fork().
template <class Body>
StatusCode in_child(Body body) {
  pid_t child = fork();
  if (child == 0) _exit(static_cast<int>(body()) % 256);
  int state = 0;
  waitpid(child, &state, 0);
  EXPECT_TRUE(WIFEXITED(state));
  // Codes are beyond what an exit code holds; theirs differ modulo 256.
  for (StatusCode code : {StatusCode::kOk, StatusCode::kForked}) {
    if (static_cast<int>(code) % 256 == WEXITSTATUS(state)) return code;
  }
  return StatusCode::kInternal;
}

TEST(Fork, AChildMayNotUseADriverThatItsParentInitialised) {
  FakeDriver driver;
  auto open = [&] { return Result<DriverApi>(driver.api()); };
  Devices devices(open);
  ASSERT_TRUE(devices.get(0).ok());
  EXPECT_FALSE(driver_lost_to_fork());
  EXPECT_EQ(in_child([&] { return devices.get(0).status().code(); }), StatusCode::kForked);
  EXPECT_EQ(in_child([&] { return Devices(open).count().status().code(); }), StatusCode::kForked);
  LoadedKernel kernel;
  EXPECT_EQ(in_child([&] { return launch(kernel, {}).code(); }), StatusCode::kForked);
  EXPECT_FALSE(driver_lost_to_fork());
}

}  // namespace
}  // namespace fp4jit
