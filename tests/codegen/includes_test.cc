#include "codegen/includes.h"

#include <gtest/gtest.h>

#include <set>

namespace fp4jit {
namespace {

std::vector<std::string> names(const std::vector<TemplateFile>& files) {
  std::vector<std::string> result;
  for (const TemplateFile& file : files) result.emplace_back(file.name);
  return result;
}

TEST(Includes, ReachesEachFileOnceAfterWhatItIncludes) {
  const TemplateFile files[] = {
      {"a", "#include \"b\"\n#include \"c\"\n"},
      {"b", "#include \"c\"\n"},
      {"c", "int x;\n"},
      {"unused", "int y;\n"},
  };
  EXPECT_EQ(names(reached_files("#include \"a\"\n", files)),
            (std::vector<std::string>{"c", "b", "a"}));
}

TEST(Includes, LeavesOutWhatIsNotEmbedded) {
  const TemplateFile files[] = {{"a", "#include \"host_only\"\n"}};
  EXPECT_EQ(names(reached_files("#include \"a\"\n", files)), (std::vector<std::string>{"a"}));
}

TEST(Includes, EveryEmbeddedFileIsReachedFromAKernel) {
  std::set<std::string> reached;
  for (const TemplateFile& file :
       reached_files("#include \"quantize.cuh\"\n", embedded_templates())) {
    reached.emplace(file.name);
  }
  for (const TemplateFile& file : embedded_templates())
    EXPECT_EQ(reached.count(std::string(file.name)), 1u) << file.name;
}

TEST(Includes, NoTemplateReachesACudaOrCppHeader) {
  ASSERT_FALSE(embedded_templates().empty());
  for (const TemplateFile& file : embedded_templates()) {
    EXPECT_EQ(file.text.find("#include <"), std::string_view::npos) << file.name;
  }
}

}  // namespace
}  // namespace fp4jit
