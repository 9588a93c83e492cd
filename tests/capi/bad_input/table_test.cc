// The tables of functions and of bad values against the header: what it declares is walked.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "bad_input_fixture.h"
#include "header.h"
#include "values.h"

namespace bad_input {
namespace {

// Members that can hold anything: paths that are looked at later, what is handed to callbacks, and
// the callbacks themselves.
const std::set<std::string> kAnyValue = {
    "cache_dir",   "nvrtc_path", "driver_path",   "log",    "log_user",
    "record_path", "progress",   "progress_user", "cancel", "stream",
};

// The struct that a parameter points to, if the function reads it.
std::string struct_read(const std::string& parameter) {
  const std::string constant = "const ";
  if (!parameter.starts_with(constant)) return "";
  return parameter.substr(constant.size(), parameter.find('*') - constant.size());
}

TEST(BadInputTable, HasEveryFunctionOfTheHeader) {
  const Declarations header = read_header();
  EXPECT_GT(header.parameters.size(), 15u);
  std::map<std::string, std::vector<std::string>> walked;
  for (const Function& row : functions()) {
    walked[row.name] = {row.parameters.begin(), row.parameters.end()};
  }
  for (const auto& [name, parameters] : header.parameters) {
    ASSERT_TRUE(walked.count(name)) << name << " has no row in functions()";
    EXPECT_EQ(walked[name], parameters) << name;
    walked.erase(name);
  }
  for (const auto& [name, parameters] : walked) ADD_FAILURE() << name << " is not in fp4jit.h";
}

TEST(BadInputTable, HasBadValuesOfEveryParameterAndMember) {
  const Declarations header = read_header();
  const World world = {nullptr, nullptr, kTexts[0], 0, {}, false};
  const Call call(world);
  std::set<std::string> parameters, members;
  for (const BadValue& value : all_values(call)) {
    parameters.insert(value.parameter);
    members.insert(value.parameter + "." + value.member);
  }
  for (const Function& function : functions()) {
    for (const std::string parameter : function.parameters) {
      EXPECT_TRUE(parameters.count(parameter)) << function.name << ": " << parameter;
      auto body = header.members.find(struct_read(parameter));
      if (body == header.members.end()) continue;
      EXPECT_GT(body->second.size(), 5u) << parameter;
      for (const std::string& member : body->second) {
        bool walked = members.count(parameter + "." + member) || kAnyValue.count(member);
        EXPECT_TRUE(walked) << parameter << ": " << member << " has no bad value";
      }
    }
  }
}

}  // namespace
}  // namespace bad_input
