// Calls by the thousand with good and bad arguments as they come, on one runtime.
#include <algorithm>
#include <map>
#include <memory>
#include <random>

#include "bad_input_fixture.h"
#include "values.h"

namespace bad_input {
namespace {

constexpr int kCalls = 20'000;

// Calls upon one spec, and what may be wrong with them: function, then parameter, then values.
struct Subject {
  explicit Subject(World of) : world(std::move(of)), call(world), values(all_values(call)) {
    for (const Function& function : functions()) {
      for (const BadValue& value : values) add(function, value);
    }
  }

  void add(const Function& function, const BadValue& value) {
    auto named = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), function.name) != names.end();
    };
    bool is_bad = value.wanted != FP4JIT_OK && (value.only.empty() || named(value.only)) &&
                  !named(value.except);
    if (is_bad && takes(function, value.parameter)) {
      bad[function.name][value.parameter].push_back(&value);
    }
  }

  const World world;
  Call call;
  const BadValues values;
  std::map<std::string, std::map<std::string, std::vector<const BadValue*>>> bad;
};

class RandomCalls : public BadInputFixture {
 protected:
  RandomCalls() {
    config.on_miss = FP4JIT_ON_MISS_GENERIC;
    create();
    fp4jit_runtime* ended = nullptr;
    EXPECT_EQ(fp4jit_runtime_create(&config, &ended), FP4JIT_OK);
    EXPECT_EQ(fp4jit_runtime_release(ended), FP4JIT_OK);
    for (const char* text : kTexts) {
      World world = {runtime, ended, text, load(runtime, text), {}, false};
      subjects_.push_back(std::make_unique<Subject>(world));
    }
  }

  void call_at_random() {
    Subject& subject = *subjects_[below(subjects_.size())];
    const Function& function = functions()[below(functions().size())];
    Call& call = subject.call;
    vary(call);
    std::string trace = function.name;
    bool is_bad = false;
    for (const auto& [parameter, values] : subject.bad[function.name]) {
      if (below(3) != 0) continue;
      const BadValue& value = *values[below(values.size())];
      value.spoil(call);
      trace += fmt::format(" [{} {} {}]", parameter, value.member, value.value);
      is_bad = true;
    }
    // Fewer rows need less of what is wrong, and none nothing of it.
    if (!is_bad) call.launch->m = static_cast<int64_t>(below(Call::kRows + 1));
    fp4jit_status status = function.call(call.at);
    EXPECT_NE(status, FP4JIT_E_INTERNAL) << trace << ": " << fp4jit_last_error();
    EXPECT_FALSE(is_bad && status == FP4JIT_OK) << trace;
    if (status == FP4JIT_OK) return;
    ++refused_;
    EXPECT_STRNE(fp4jit_last_error(), "") << trace;
    EXPECT_EQ(call.damage(), "") << trace;
  }

  size_t below(size_t limit) { return random_() % limit; }

  std::mt19937 random_{20'000};
  std::vector<std::unique_ptr<Subject>> subjects_;
  int refused_ = 0;

 private:
  // Other good arguments than those of a fresh call.
  void vary(Call& call) {
    call.reset();
    call.at.device = call.device = static_cast<int32_t>(below(2));
    call.at.mode = static_cast<fp4jit_seal_mode>(below(3));
    call.at.m = static_cast<int64_t>(below(1000));
    call.launch->host_threads = static_cast<int32_t>(below(4));
    call.prepare->jobs = static_cast<int32_t>(below(4));
    if (below(4) == 0) call.spec->target_sm = 0;
  }
};

TEST_F(RandomCalls, NeverCrashAndLeaveARuntimeThatWorks) {
  const uint64_t launched = stubdriver_launches();
  for (int i = 0; i < kCalls; ++i) call_at_random();
  EXPECT_GT(refused_, kCalls / 4);
  EXPECT_LT(refused_, kCalls * 3 / 4);
  ASSERT_EQ(fp4jit_unseal(runtime), FP4JIT_OK);
  EXPECT_EQ(fp4jit_drain(runtime), FP4JIT_OK) << fp4jit_last_error();
  for (const auto& subject : subjects_) {
    Call& call = subject->call;
    call.reset();
    EXPECT_EQ(fp4jit_find(runtime, call.at.spec, 0, &call.found), FP4JIT_OK);
    EXPECT_EQ(call.found, subject->world.kernel);
    EXPECT_EQ(fp4jit_launch(runtime, call.found, call.at.launch), FP4JIT_OK);
  }
  EXPECT_GT(counters().launches, 100u);
  EXPECT_EQ(counters().launches, stubdriver_launches() - launched);
}

}  // namespace
}  // namespace bad_input
