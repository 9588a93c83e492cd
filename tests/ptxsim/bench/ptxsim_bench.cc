// Thread-instructions per second of ptxsim, on all cores (PTXSIM_THREADS=1: on one): a quantize
// kernel of fp4jit as NVRTC compiled it. `ptxsim_bench [rows]`.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

// Of the kernel: nvfp4, linear scales, K = 64; a CTA does 256 blocks of 16 elements.
constexpr uint32_t kK = 64, kRowsOfCta = 64;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// bf16 numbers near 1.
std::vector<uint16_t> input(size_t count) {
  std::vector<uint16_t> bits(count);
  for (size_t i = 0; i < count; ++i) bits[i] = static_cast<uint16_t>(0x3F00 + i * 37 % 256);
  return bits;
}

int run(uint32_t rows) {
  Machine machine;
  const std::string wrong = machine.load(text_of(PTXSIM_KERNEL));
  if (!wrong.empty()) {
    std::fprintf(stderr, "%s\n", wrong.c_str());
    return 1;
  }
  const uint64_t in = machine.copy(input(size_t{rows} * kK));
  const uint64_t scale = machine.copy(std::vector<float>{672});
  const uint64_t data = machine.unwritten(rows * kK / 2), sf = machine.unwritten(rows * kK / 16);
  const uint64_t blocks = uint64_t{rows} * kK / 16, columns = uint64_t{kK} << 32 | kK;
  machine.launch(machine.module().kernels[0]->name, rows / kRowsOfCta, 128,
                 {in, scale, data, sf, rows, blocks, columns});
  if (machine.complete() != CUDA_SUCCESS) {
    std::fprintf(stderr, "%s", machine.findings().c_str());
    return 1;
  }
  const Statistics& done = machine.engine().statistics();
  std::printf("%llu thread-instructions in %.3f s: %.1f million a second\n",
              static_cast<unsigned long long>(done.thread_instructions), done.seconds,
              static_cast<double>(done.thread_instructions) / done.seconds / 1e6);
  return 0;
}

}  // namespace
}  // namespace ptxsim

int main(int count, char** arguments) {
  const int rows = count > 1 ? std::atoi(arguments[1]) : 65536;
  return ptxsim::run(static_cast<uint32_t>(rows) / ptxsim::kRowsOfCta * ptxsim::kRowsOfCta);
}
