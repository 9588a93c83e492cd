// A program that ends while a kernel is built in the background:
//   ending_program STORE ENDING FIRST-K MICROSECONDS
// misses kernels from FIRST-K on, waits, writes a byte to its output, and ends as ENDING says.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <string_view>

#include "stub_runtime.h"

using namespace fp4jit::life_cycle;

namespace {

void miss(const StubRuntime& runtime, uint32_t first, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    require(runtime.launch_spec(first + 16 * i) == FP4JIT_OK, "launch_spec");
  }
}

int end(std::string_view ending, StubRuntime& runtime) {
  if (ending == "exit") exit(0);
  if (ending == "_exit") _exit(0);
  if (ending == "quick_exit") quick_exit(0);
  if (ending == "pthread_exit") pthread_exit(nullptr);
  if (ending == "release") runtime.release();
  return 0;
}

}  // namespace

int main(int, char** arguments) {
  std::string_view ending = arguments[2];
  auto first = static_cast<uint32_t>(atoi(arguments[3]));
  setenv("FP4JIT_ON_MISS", "generic", 1);
  // Neither ends with main, unless that is how the program ends.
  auto* other = new StubRuntime(arguments[1]);
  auto* runtime = new StubRuntime(arguments[1]);
  require(other->load(16) == FP4JIT_OK, "load");
  require(runtime->load(16) == FP4JIT_OK, "load");
  // What begins is built to the end where nothing but the threads keeps the process.
  uint32_t count = ending == "pthread_exit" ? 1 : 40;
  miss(*other, first, count);
  miss(*runtime, first + 0x1000, count);
  usleep(static_cast<useconds_t>(atoi(arguments[4])));
  require(write(STDOUT_FILENO, "!", 1) == 1, "write");
  return end(ending, *runtime);
}
