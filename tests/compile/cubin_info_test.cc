#include "compile/cubin_info.h"

#include <gtest/gtest.h>

#include "codegen/source.h"
#include "spec/text.h"
#include "tests/compile/real_nvrtc.h"

namespace fp4jit {
namespace {

std::string real_cubin() {
  Result<Spec> spec = parse_spec("nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_90");
  Source source = render_source(*spec);
  std::shared_ptr<LazyCompiler> nvrtc = real_nvrtc();
  Result<Compiler*> compiler = nvrtc->open();
  EXPECT_TRUE(compiler.ok()) << compiler.status().message();
  if (!compiler.ok()) return "";
  Result<CompileOutput> output =
      (*compiler)->compile({&source, spec->target, cache::Kind::kCubin, "seed", nullptr});
  EXPECT_TRUE(output.ok()) << output.status().message();
  return output.ok() ? output->bytes : "";
}

// 255 is the most that the hardware has, and the kernel's launch bounds leave 65536 / 256 to a
// thread.
TEST(CubinInfo, ReadsRegistersOfARealCubin) {
  CubinInfo info = read_cubin_info(real_cubin());
  EXPECT_GE(info.registers, 16u);
  EXPECT_LE(info.registers, 255u);
  EXPECT_EQ(info.stack_bytes, 0u);
  EXPECT_EQ(info.shared_bytes, 0u);
}

TEST(CubinInfo, TakesAnyBytes) {
  std::string cubin = real_cubin();
  ASSERT_FALSE(cubin.empty());
  for (size_t length = 0; length < cubin.size(); length += 7)
    read_cubin_info(std::string_view(cubin).substr(0, length));
  for (size_t at = 0; at < cubin.size(); at += 3) {
    std::string damaged = cubin;
    damaged[at] = static_cast<char>(~damaged[at]);
    read_cubin_info(damaged);
  }
  EXPECT_EQ(read_cubin_info("").registers, 0u);
  EXPECT_EQ(read_cubin_info("\x7F"
                            "ELF")
                .registers,
            0u);
}

}  // namespace
}  // namespace fp4jit
