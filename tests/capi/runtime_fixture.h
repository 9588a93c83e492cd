// What: a runtime of the C API in a folder of its own, which sees no machine's driver, store or
// settings.
#pragma once

#include <fp4jit/fp4jit.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

class RuntimeFixture : public testing::Test {
 protected:
  RuntimeFixture() {
    char folder[] = "/tmp/fp4jit-capi-XXXXXX";
    folder_ = mkdtemp(folder);
    cache_dir_ = folder_ + "/store";
    config.cache_dir = cache_dir_.c_str();
    config.driver_path = "/nowhere/libcuda.so.1";
    config.log_user = this;
    config.log = [](void* user, fp4jit_log_level level, const char* message) {
      static_cast<RuntimeFixture*>(user)->logged.push_back(std::to_string(level) + " " + message);
    };
  }
  ~RuntimeFixture() override {
    fp4jit_runtime_release(runtime);
    std::filesystem::remove_all(folder_);
  }

  void create() {
    fp4jit_runtime_release(runtime);
    ASSERT_EQ(fp4jit_runtime_create(&config, &runtime), FP4JIT_OK) << fp4jit_last_error();
  }

  static fp4jit_spec spec_of(const char* text) {
    fp4jit_spec spec = {};
    spec.struct_size = sizeof spec;
    EXPECT_EQ(fp4jit_spec_from_text(text, &spec), FP4JIT_OK) << fp4jit_last_error();
    return spec;
  }

  fp4jit_counters counters() {
    fp4jit_counters counters = {};
    counters.struct_size = sizeof counters;
    EXPECT_EQ(fp4jit_stats(runtime, &counters), FP4JIT_OK) << fp4jit_last_error();
    return counters;
  }

  fp4jit_config config = {
      sizeof(fp4jit_config), 0, nullptr, nullptr, nullptr, nullptr, nullptr, 0, 0, nullptr};
  fp4jit_runtime* runtime = nullptr;
  std::vector<std::string> logged;

 private:
  std::string folder_, cache_dir_;
};
