// Every (format, input, layout, numerics, K) on every target is compiled by the real NVRTC, and all
// else that a spec says with some of these. Nothing is skipped: a target that this NVRTC lacks must
// be refused by name, and the count of both is printed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <vector>

#include "base/parallel.h"
#include "codegen/source.h"
#include "compile/cubin_info.h"
#include "spec/geometry.h"
#include "spec/text.h"
#include "tests/compile/real_nvrtc.h"
#include "tests/spec/every_spec.h"

namespace fp4jit {
namespace {

struct Width {
  uint32_t k, k_out;
};

// Run-time K; whole tiles; an odd number of blocks; padding within a tile and over several.
std::vector<Width> widths(int block) {
  uint32_t b = static_cast<uint32_t>(block);
  return {{0, 0}, {4096, 4096}, {29 * b, 29 * b}, {3 * b, 4 * b}, {b, 64 * b}};
}

// What has code of its own with every layout and PDL: torchao's recipes meet them in the same lines
// as the others, and its scales and modes stand for all layouts in one.
bool is_wanted_at_all(const Spec& spec) {
  const bool is_default = spec.scale == default_scale(spec.format) && spec.ue8m0 == Ue8m0::kRceil;
  if (!is_default && spec.sf_layout != SfLayout::k128x4) return false;
  return spec.pdl == Pdl::kOff || spec.numerics != Numerics::kTorchao;
}

// The first two widths; the odd ones for one input, numerics and PDL.
void add_widths(Spec spec, std::vector<Spec>* specs) {
  for (const auto& pdl : kEnumTable<Pdl>) {
    spec.pdl = pdl.value;
    const bool is_off = pdl.value == Pdl::kOff;
    const bool is_plain = spec.in == Dtype::kBf16 && spec.numerics == Numerics::kTrtllm && is_off;
    for (size_t i = 0; const Width& width : widths(sf_vec_size(spec))) {
      spec.k = width.k;
      spec.k_out = width.k_out;
      const bool is_wanted = i++ < 2 ? is_wanted_at_all(spec) : is_plain;
      if (is_wanted && require_template(spec).ok()) specs->push_back(spec);
    }
  }
}

std::vector<Spec> every_spec(Target target) {
  std::vector<Spec> specs;
  Spec spec;
  spec.target = target;
  for (const auto& format : kEnumTable<Format>) {
    spec.format = format.value;
    for (const auto& in : kEnumTable<Dtype>) {
      spec.in = in.value;
      for (const auto& layout : kEnumTable<SfLayout>) {
        spec.sf_layout = layout.value;
        for_each_recipe_of(spec, [&](const Spec& found) { add_widths(found, &specs); });
      }
    }
  }
  return specs;
}

// formats * inputs * layouts * (two numerics * pdl, and torchao) * (run-time K, constant K); inputs
// * (scale=inverse, and two MX formats' other modes) * (run-time K, constant K); and three odd
// widths of each format and layout.
size_t expected_count(Target target) {
  size_t pdls = target.sm >= 90 ? 3 : 1;
  return 3 * 3 * 3 * (2 * pdls + 1) * 2 + 3 * (1 + 2 * 3) * 2 + 3 * 3 * 3;
}

class EveryTarget : public testing::TestWithParam<Target> {};

TEST_P(EveryTarget, CompilesOrIsRefusedByName) {
  Target target = GetParam();
  std::vector<Spec> specs = every_spec(target);
  ASSERT_EQ(specs.size(), expected_count(target));
  static const std::shared_ptr<LazyCompiler> lazy = real_nvrtc();
  Result<Compiler*> compiler = lazy->open();
  ASSERT_TRUE(compiler.ok()) << compiler.status().message();
  std::atomic<size_t> compiled{0}, refused{0};
  std::mutex mutex;
  std::vector<std::string> failures;
  parallel_for(specs.size(), 0, [&](size_t i) {
    Source source = render_source(specs[i]);
    Result<CompileOutput> output = (*compiler)->compile(
        {&source, target, cache::Kind::kCubin, spec_identifier(specs[i]), nullptr});
    bool is_refused = !output.ok() && output.status().code() == StatusCode::kUnsupported &&
                      output.status().message().find(target_text(target)) != std::string::npos;
    if (output.ok() && read_cubin_info(output->bytes).stack_bytes == 0) {
      ++compiled;
    } else if (is_refused) {
      ++refused;
    } else {
      std::lock_guard lock(mutex);
      failures.push_back(
          spec_text(specs[i]) + ": " +
          (output.ok() ? "spills registers to the stack" : output.status().message()));
    }
  });
  std::printf("%s: %zu compiled, %zu refused, %zu failed, of %zu\n", target_text(target).c_str(),
              compiled.load(), refused.load(), failures.size(), specs.size());
  EXPECT_THAT(failures, testing::IsEmpty());
  // All or nothing, and nothing only where NVRTC says that it does not know the target.
  EXPECT_TRUE(compiled == specs.size() || refused == specs.size());
  bool may_lack_targets = (*compiler)->toolchain().major < 13;
  EXPECT_TRUE(refused == 0 || may_lack_targets);
}

INSTANTIATE_TEST_SUITE_P(Targets, EveryTarget, testing::ValuesIn(all_targets()),
                         [](const auto& info) { return target_text(info.param); });

}  // namespace
}  // namespace fp4jit
