// Ten million texts, or as many as PTXSIM_FUZZ_RUNS says, from the seed PTXSIM_FUZZ_SEED.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "tests/ptxsim/ptx/corpus_files.h"
#include "tests/ptxsim/ptx/mutator.h"

namespace ptxsim::ptx {
namespace {

uint64_t setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// The small files, which have every form of the grammar, so that the time goes into differences.
TEST(ParserFuzzLong, TenMillionMutations) {
  const uint64_t runs = setting("PTXSIM_FUZZ_RUNS", 10000000);
  Mutator mutator({corpus_text("grammar"), corpus_text("debug_lines")},
                  setting("PTXSIM_FUZZ_SEED", 2));
  uint64_t done = 0, modules = 0;
  for (; done < runs && !HasFailure(); ++done) modules += check_parse(mutator.next());
  std::printf("%llu texts, of which %llu are modules\n", static_cast<unsigned long long>(done),
              static_cast<unsigned long long>(modules));
  EXPECT_GT(modules, runs / 20);
}

}  // namespace
}  // namespace ptxsim::ptx
