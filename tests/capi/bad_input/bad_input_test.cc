// Every argument of every function with every bad value: refused by name, with nothing done.
#include <algorithm>
#include <cctype>
#include <tuple>

#include "bad_input_fixture.h"
#include "values.h"

namespace bad_input {
namespace {

constexpr size_t kLongestMessage = 4000;
constexpr const char* kLaunchArgs = "const fp4jit_launch_args* args";

bool among(const std::vector<std::string>& names, const char* name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Of a spec's text, for the name of a test.
std::string word_of(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return !std::isalnum(c); }, '_');
  return text;
}

bool applies(const BadValue& value, const Function& function, const World& world) {
  // The buffers of a launch stand behind a handle, which only a loaded kernel has.
  bool no_kernel = world.kernel == 0 && function.name == std::string("fp4jit_launch");
  return takes(function, value.parameter) && !(no_kernel && value.parameter == kLaunchArgs) &&
         (value.only.empty() || among(value.only, function.name)) &&
         !among(value.except, function.name);
}

using Parameter = std::tuple<const char*, State>;

class BadInput : public BadInputFixture, public testing::WithParamInterface<Parameter> {
 protected:
  void check(const Function& function, const BadValue& value, Call& call) {
    const std::string name =
        fmt::format("{}: {} {} {}", function.name, value.parameter, value.member, value.value);
    call.reset();
    value.spoil(call);
    const std::vector<uint64_t> before = effects(value.asks_driver);
    fp4jit_status status = function.call(call.at);
    if (value.wanted == FP4JIT_OK) {
      EXPECT_EQ(status, FP4JIT_OK) << name << ": " << fp4jit_last_error();
      return;
    }
    expect_named(status, value, name);
    EXPECT_EQ(call.damage(), "") << name;
    EXPECT_EQ(effects(value.asks_driver), before) << name;
    if (takes(function, "fp4jit_kernel* kernel") && call.at.found != nullptr) {
      EXPECT_EQ(call.found, 0u) << name;
    }
    if (takes(function, "fp4jit_runtime** runtime") && call.at.made != nullptr) {
      EXPECT_EQ(call.made, nullptr) << name;
    }
    EXPECT_EQ(call.size, call.text_bytes()) << name;
  }

  void walk(Call& call, bool asks_driver) {
    const BadValues values = all_values(call);
    for (const Function& function : functions()) {
      for (const BadValue& value : values) {
        if (value.asks_driver != asks_driver || !applies(value, function, call.world())) continue;
        check(function, value, call);
        ++checked_;
      }
    }
  }

  int checked_ = 0;

 private:
  void expect_named(fp4jit_status status, const BadValue& value, const std::string& name) {
    const bool is_sealed = std::get<State>(GetParam()) == State::kSealed && value.after_seal;
    const std::string message = fp4jit_last_error();
    if (is_sealed) {
      EXPECT_EQ(status, FP4JIT_E_SEALED) << name << ": " << message;
    } else if (value.wanted == kAnyError) {
      EXPECT_NE(status, FP4JIT_OK) << name;
      EXPECT_NE(status, FP4JIT_E_INTERNAL) << name << ": " << message;
    } else {
      EXPECT_EQ(status, value.wanted) << name << ": " << message;
    }
    EXPECT_LT(message.size(), kLongestMessage) << name;
    for (const std::string& part : value.named) {
      EXPECT_TRUE(is_sealed || message.find(part) != std::string::npos)
          << name << ": '" << part << "' is not in: " << message.substr(0, 500);
    }
  }

  // What a call did, but for counting itself. Where only the driver knows that a call is wrong it
  // is opened and asked, and nothing is made all the same.
  std::vector<uint64_t> effects(bool asks_driver) {
    const fp4jit_counters now = counters();
    std::vector<uint64_t> done = {now.compiles, now.compile_failures,  now.loads,
                                  now.kernels,  now.background_builds, now.launches,
                                  now.io_ops,   stubdriver_launches()};
    if (asks_driver) return done;
    done.insert(done.end(), {static_cast<uint64_t>(now.driver_opened),
                             static_cast<uint64_t>(now.compiler_opened), now.load_failures,
                             now.launch_misses, stubdriver_capture_queries()});
    return done;
  }
};

TEST_P(BadInput, IsRefusedByNameAndDoesNothing) {
  auto [text, state] = GetParam();
  const World world = make_world(text, state);
  Call call(world);
  walk(call, false);
  EXPECT_EQ(counters().driver_opened, state == State::kWarm ? 1 : 0);
  walk(call, true);
  RecordProperty("calls", checked_);
  EXPECT_GT(checked_, 1000) << "the walk has lost its way";
}

std::string name_of(const testing::TestParamInfo<Parameter>& info) {
  constexpr const char* kStates[] = {"warm", "cold", "sealed"};
  return word_of(std::get<const char*>(info.param)) + "_" +
         kStates[static_cast<size_t>(std::get<State>(info.param))];
}

INSTANTIATE_TEST_SUITE_P(AllStates, BadInput,
                         testing::Combine(testing::ValuesIn(kTexts),
                                          testing::Values(State::kWarm, State::kCold,
                                                          State::kSealed)),
                         name_of);

class GoodInput : public BadInputFixture, public testing::WithParamInterface<const char*> {};

template <class T>
void lengthen(const Guarded<T>& of_tomorrow) {
  of_tomorrow->struct_size += Guarded<T>::kTail;
}

// What the values above are spoiled from; and the structs of a newer program that uses nothing new.
TEST_P(GoodInput, IsTakenAndSoAreLongerStructsOfZeros) {
  const World world = make_world(GetParam(), State::kWarm);
  Call call(world);
  for (const Function& function : functions()) {
    call.reset();
    EXPECT_EQ(function.call(call.at), FP4JIT_OK) << function.name << ": " << fp4jit_last_error();
    call.reset();
    lengthen(call.spec);
    lengthen(call.parsed);
    lengthen(call.shape);
    lengthen(call.config);
    lengthen(call.prepare);
    lengthen(call.launch);
    lengthen(call.counters);
    EXPECT_EQ(function.call(call.at), FP4JIT_OK) << function.name << ": " << fp4jit_last_error();
  }
}

INSTANTIATE_TEST_SUITE_P(AllSpecs, GoodInput, testing::ValuesIn(kTexts),
                         [](const auto& info) { return word_of(info.param); });

}  // namespace
}  // namespace bad_input
