// `fp4jit show` of records that stand side by side, and of one that other templates made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/format.h"
#include "cache/object_store.h"
#include "compile/artifact_key.h"
#include "spec/text.h"
#include "tests/cache/scratch.h"
#include "tests/cli/program.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

constexpr const char* kText = "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a";

class Show : public testing::Test {
 protected:
  std::string arguments(const std::string& name) const {
    return formatted("show '{}' --cache-dir {}", name, folder_.path());
  }
  nlohmann::json show(const std::string& name) const {
    Answer answer = run(arguments(name) + " --json");
    EXPECT_EQ(answer.exit, 0) << answer.text;
    return nlohmann::json::parse(answer.text);
  }
  void put(const cache::Record& record) {
    cache::ObjectStore store(folder_.path(), "", cache::real_file_system(), Log{});
    ASSERT_TRUE(store.put(record));
  }

  cache::ScratchFolder folder_;
};

cache::Record record_of(const cache::DigestBuilder& key) {
  cache::Record record = cache::sample_record();
  record.key = key.finish();
  record.key_text = key.text();
  return record;
}

// The newest in numbers, as the runtime takes it, whose name comes before the others' in text.
TEST_F(Show, TakesTheNewestToolchainByNameAndByKey) {
  ArtifactKey key = artifact_key(*parse_spec(kText), cache::Kind::kCubin);
  cache::Record record = cache::sample_record();
  record.key = key.digest;
  record.key_text = key.text;
  for (uint32_t minor : {2, 10, 9}) {
    record.toolchain = {12, minor};
    record.payload = std::string(minor, 'x');
    put(record);
  }
  for (const std::string& name : {std::string(kText), key.digest.hex()}) {
    nlohmann::json shown = show(name)["record"];
    EXPECT_EQ(shown["toolchain"], "12.10");
    std::string path = shown["path"];
    EXPECT_THAT(path, testing::EndsWith("-12.10.rec"));
    EXPECT_EQ(shown["bytes"], cache::read_bytes(path).size());
  }
}

TEST_F(Show, HasNoSourceForARecordOfOtherTemplates) {
  cache::DigestBuilder other;
  other.field("templates", "of another version");
  other.field("spec", kText);
  put(record_of(other));
  std::string key = other.finish().hex();
  EXPECT_EQ(show(key)["key"], key);
  for (const char* flag : {" --source", " --ptx"}) {
    Answer answer = run(arguments(key) + flag);
    EXPECT_EQ(answer.exit, 2) << answer.text;
    EXPECT_THAT(answer.text, HasSubstr("made by another version of fp4jit"));
    EXPECT_THAT(answer.text, HasSubstr(kText));
  }
}

// Its bytes are its own text, whoever made them.
TEST_F(Show, PrintsThePtxOfAPtxRecordOfOtherTemplates) {
  cache::DigestBuilder other;
  other.field("templates", "of another version");
  cache::Record record = record_of(other);
  record.kind = cache::Kind::kPtx;
  record.payload = "// the record's own PTX";
  put(record);
  Answer answer = run(arguments(record.key.hex()) + " --ptx");
  EXPECT_EQ(answer.exit, 0);
  EXPECT_THAT(answer.text, HasSubstr(record.payload));
}

}  // namespace
}  // namespace fp4jit
