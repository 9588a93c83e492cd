// What is wrong with a whole preparation: its arrays, and each spec and device in them.
#include "values.h"

namespace bad_input {
namespace {

constexpr const char* kArgs = "const fp4jit_prepare_args* args";

BadValue with(const char* member, const std::string& value, std::function<void(Call&)> spoil,
              std::vector<std::string> named, fp4jit_status wanted = FP4JIT_E_INVALID_ARGUMENT) {
  return {kArgs, member, value, std::move(spoil), wanted, std::move(named)};
}

BadValues count_values() {
  BadValues values;
  for (size_t count : {~size_t{0}, ~size_t{0} / 2, size_t{1} << 40}) {
    std::string text = std::to_string(count);
    values.push_back(with("spec_count", text, [=](Call& call) { call.prepare->spec_count = count; },
                          {"args.spec_count must be", text}));
    values.push_back(with("device_count", text,
                          [=](Call& call) { call.prepare->device_count = count; },
                          {"args.device_count must be", text}));
  }
  for (int32_t jobs : {-1, kLowest}) {
    values.push_back(with("jobs", std::to_string(jobs),
                          [=](Call& call) { call.prepare->jobs = jobs; },
                          {"args.jobs must be", fmt::format("it is {}", jobs)}));
  }
  return values;
}

BadValues array_values() {
  BadValues values = {with("specs", "null", [](Call& call) { call.prepare->specs = nullptr; },
                           {"args.specs must not be null"}),
                      with("devices", "null", [](Call& call) { call.prepare->devices = nullptr; },
                           {"args.devices must not be null"})};
  for (int32_t device : {-1, kLowest}) {
    values.push_back(with("devices", std::to_string(device),
                          [=](Call& call) { call.device = device; },
                          {fmt::format("devices[0] must not be negative; it is {}", device)}));
  }
  for (int32_t device : {2, kHighest}) {
    BadValue value =
        with("devices", std::to_string(device), [=](Call& call) { call.device = device; },
             {fmt::format("device {} does not exist", device)});
    value.asks_driver = value.after_seal = true;
    values.push_back(value);
  }
  return values;
}

// An array has one size of struct, which is how far apart its elements are.
BadValues stride_values() {
  auto odd = [](Call& call) { call.spec->struct_size = sizeof(fp4jit_spec) + 1; };
  auto mixed = [](Call& call) {
    auto* pair = reinterpret_cast<fp4jit_spec*>(call.pair.data());
    pair[0] = pair[1] = *call.spec.get();
    pair[1].struct_size = sizeof(fp4jit_spec) + Guarded<fp4jit_spec>::kTail;
    call.prepare->specs = pair;
    call.prepare->spec_count = 2;
  };
  return {with("specs", "of a size that no array has", odd, {"specs[0]: spec.struct_size is 61;"},
               FP4JIT_E_ABI_MISMATCH),
          with("specs", "of two sizes", mixed, {"specs[1]: spec.struct_size is 64;", "60"},
               FP4JIT_E_ABI_MISMATCH)};
}

// One that is wrong by itself stops all, before anything is begun.
BadValues element_values(const Call& call) {
  BadValues values;
  for (BadValue value : spec_values(call)) {
    if (value.member.empty() || !value.only.empty()) continue;
    value.value = fmt::format("{}={}", value.member, value.value);
    value.parameter = kArgs;
    value.member = "specs";
    value.named.push_back("specs[0]: ");
    values.push_back(value);
  }
  return values;
}

}  // namespace

BadValues prepare_values(const Call& call) {
  BadValues values = {null_value(kArgs, &Arguments::prepare, "args")};
  append(values, size_values(kArgs, &Call::prepare, "args"));
  append(values, longer_values(kArgs, &Call::prepare, "args"));
  append(values, count_values());
  append(values, array_values());
  append(values, stride_values());
  append(values, element_values(call));
  return values;
}

}  // namespace bad_input
