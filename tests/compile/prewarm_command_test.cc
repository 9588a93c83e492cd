// The command that errors tell their reader to run: one word each for the shell, and no more than
// is needed.
#include "compile/prewarm_command.h"

#include <gtest/gtest.h>

#include "spec/text.h"

namespace fp4jit {
namespace {

constexpr const char* kText = "nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_90";

TEST(PrewarmCommand, NamesSpecStoreAndKind) {
  EXPECT_EQ(prewarm_command(*parse_spec(kText), "/var/cache/fp4jit", cache::Kind::kCubin),
            "fp4jit prewarm --spec 'nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_90' --cache-dir "
            "'/var/cache/fp4jit'");
  EXPECT_EQ(prewarm_command(*parse_spec(kText), "", cache::Kind::kPtx),
            "fp4jit prewarm --spec 'nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_90' --artifact "
            "ptx");
}

TEST(PrewarmCommand, LeavesATargetThatIsNotKnownToTheMachine) {
  Spec open = *parse_spec(kText);
  open.target = {};
  EXPECT_EQ(prewarm_command(open, "", cache::Kind::kCubin),
            "fp4jit prewarm --spec 'nvfp4_quantize[k=64,in=bf16,layout=128x4]' --target native");
}

TEST(PrewarmCommand, QuotesWhatAShellWouldRead) {
  EXPECT_NE(prewarm_command(*parse_spec(kText), "/it's $HOME", cache::Kind::kCubin)
                .find("--cache-dir '/it'\\''s $HOME'"),
            std::string::npos);
}

}  // namespace
}  // namespace fp4jit
