#include "compile/artifact_key.h"

#include <gtest/gtest.h>

#include "spec/text.h"

namespace fp4jit {
namespace {

ArtifactKey key_of(const char* text, cache::Kind kind = cache::Kind::kCubin) {
  Result<Spec> spec = parse_spec(text);
  EXPECT_TRUE(spec.ok()) << spec.status().message();
  return artifact_key(*spec, kind);
}

TEST(ArtifactKey, DiffersBySpecTargetAndKind) {
  const char* kText = "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a";
  ArtifactKey key = key_of(kText);
  EXPECT_EQ(key_of(kText).digest, key.digest);
  EXPECT_NE(key_of("nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100f").digest, key.digest);
  EXPECT_NE(key_of("nvfp4_quantize[k=4112,in=bf16,layout=128x4]@sm_100a").digest, key.digest);
  EXPECT_NE(key_of(kText, cache::Kind::kPtx).digest, key.digest);
}

TEST(ArtifactKey, TextListsEveryField) {
  std::string text = key_of("nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a").text;
  for (const char* field : {"record_version=", "templates=", "codegen_version=", "target=sm_100a",
                            "kind=cubin", "options=", "spec=nvfp4_quantize"}) {
    EXPECT_NE(text.find(field), std::string::npos) << field << " is not in\n" << text;
  }
}

// No place, time or person.
TEST(ArtifactKey, TextNamesNoPath) {
  EXPECT_EQ(key_of("nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a").text.find('/'),
            std::string::npos);
}

}  // namespace
}  // namespace fp4jit
