// The parameters that are a number, a settings struct or a place for a result.
#include "values.h"

namespace bad_input {
namespace {

constexpr const char* kConfig = "const fp4jit_config* config";
constexpr const char* kLaunch = "const fp4jit_launch_args* args";
constexpr const char* kDevice = "int32_t device";

BadValues config_values() {
  BadValues values = size_values(kConfig, &Call::config, "config");
  append(values, longer_values(kConfig, &Call::config, "config"));
  struct Setting {
    const char* member;
    int32_t fp4jit_config::*place;
    int32_t beyond;
  };
  for (const Setting& row : {Setting{"artifact", &fp4jit_config::artifact, 3},
                             Setting{"log_level", &fp4jit_config::log_level, 5},
                             Setting{"on_miss", &fp4jit_config::on_miss, 3}}) {
    for (int32_t value : {kLowest, -1, row.beyond, kHighest}) {
      values.push_back(
          {kConfig,
           row.member,
           std::to_string(value),
           [=](Call& call) { (*call.config.get()).*row.place = value; },
           FP4JIT_E_INVALID_ARGUMENT,
           {fmt::format("config.{} must be", row.member), fmt::format("it is {}", value)}});
    }
  }
  return values;
}

BadValues device_values() {
  BadValues values;
  auto add = [&](int32_t device, std::string named) -> BadValue& {
    values.push_back({kDevice,
                      "",
                      std::to_string(device),
                      [=](Call& call) { call.at.device = device; },
                      FP4JIT_E_INVALID_ARGUMENT,
                      {std::move(named)}});
    return values.back();
  };
  for (int32_t device : {-1, kLowest}) {
    add(device, fmt::format("device must not be negative; it is {}", device));
  }
  for (int32_t device : {2, kHighest}) {
    // A look-up asks nobody how many there are.
    BadValue& found = add(device, fmt::format("device {}", device));
    found.wanted = FP4JIT_E_NOT_PREPARED;
    found.only = {"fp4jit_find"};
    found.after_seal = true;
    BadValue& loaded = add(device, fmt::format("device {} does not exist", device));
    loaded.except = {"fp4jit_find"};
    loaded.asks_driver = loaded.after_seal = true;
  }
  return values;
}

BadValues number_values() {
  BadValues values;
  for (int32_t mode : {kLowest, -1, 3, kHighest}) {
    values.push_back({"fp4jit_seal_mode mode",
                      "",
                      std::to_string(mode),
                      [=](Call& call) { call.at.mode = mode; },
                      FP4JIT_E_INVALID_ARGUMENT,
                      {"mode must be", fmt::format("it is {}", mode)}});
  }
  for (int32_t threads : {kLowest, -1}) {
    values.push_back({kLaunch,
                      "host_threads",
                      std::to_string(threads),
                      [=](Call& call) { call.launch->host_threads = threads; },
                      FP4JIT_E_INVALID_ARGUMENT,
                      {"threads must be", fmt::format("it is {}", threads)},
                      {"fp4jit_host_quantize"}});
  }
  for (int32_t status : {kLowest, -1, 1, 999, kHighest}) {
    values.push_back({"fp4jit_status status", "", std::to_string(status),
                      [=](Call& call) { call.at.status = status; }, FP4JIT_OK});
  }
  return values;
}

BadValues result_values() {
  BadValue handle = null_value("fp4jit_kernel* kernel", &Arguments::found, "kernel");
  handle.only = {"fp4jit_find"};  // fp4jit_load needs none
  BadValues values = {
      handle,
      null_value("fp4jit_runtime** runtime", &Arguments::made, "runtime"),
      null_value("fp4jit_output_shape* shape", &Arguments::shape, "shape"),
      null_value("fp4jit_counters* counters", &Arguments::counters, "counters"),
      null_value(kLaunch, &Arguments::launch, "args"),
      {"fp4jit_cancel* cancel", "", "null", [](Call& call) { call.at.cancel = nullptr; },
       FP4JIT_OK},
  };
  append(values, size_values("fp4jit_output_shape* shape", &Call::shape, "shape"));
  append(values, size_values("fp4jit_counters* counters", &Call::counters, "counters"));
  append(values, size_values(kLaunch, &Call::launch, "args"));
  append(values, longer_values(kLaunch, &Call::launch, "args"));
  return values;
}

}  // namespace

BadValues plain_values(const Call&) {
  BadValues values = config_values();
  append(values, device_values());
  append(values, number_values());
  append(values, result_values());
  return values;
}

BadValues all_values(const Call& call) {
  BadValues values;
  for (auto* of : {runtime_values, handle_values, spec_values, text_values, width_values,
                   buffer_values, prepare_values, plain_values}) {
    append(values, of(call));
  }
  return values;
}

}  // namespace bad_input
