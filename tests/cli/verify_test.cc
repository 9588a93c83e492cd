// `fp4jit verify` and `list` of records that another version of fp4jit wrote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cache/object_store.h"
#include "tests/cache/scratch.h"
#include "tests/cli/program.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Verify, TellsAnotherVersionsRecordFromABadOne) {
  cache::ScratchFolder folder;
  cache::ObjectStore store(folder.path(), "", cache::real_file_system(), Log{});
  cache::Record record = cache::sample_record();
  ASSERT_TRUE(store.put(record));
  std::string theirs = store.object_path(record.key, {14, 0});
  cache::write_bytes(theirs, cache::of_version_2(record));

  Answer verified = run("verify --json --cache-dir " + folder.path());
  EXPECT_EQ(verified.exit, 0) << verified.text;
  nlohmann::json expected = {{"checked", 2}, {"good", 1}, {"bad", nlohmann::json::array()}};
  expected["foreign"] = {{{"path", theirs}, {"reason", "version 2"}}};
  EXPECT_EQ(nlohmann::json::parse(verified.text), expected);

  Answer plain = run("verify --cache-dir " + folder.path());
  EXPECT_THAT(plain.text, HasSubstr("foreign: " + theirs + ": version 2\n"));
  EXPECT_THAT(plain.text, HasSubstr("checked 2, good 1, bad 0, foreign 1\n"));

  Answer listed = run("list --cache-dir " + folder.path());
  EXPECT_EQ(listed.exit, 0);
  EXPECT_THAT(listed.text, HasSubstr(record.spec));
  EXPECT_THAT(listed.text, Not(HasSubstr("no good records")));
}

}  // namespace
}  // namespace fp4jit
