// What: for tests: one device without a driver in front of it: memory, kernels from PTX text, and
// the findings as text.
// Threads: one test's own.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/ptxsim/exec/engine.h"
#include "tests/ptxsim/ptx/parser.h"

namespace ptxsim {

class Machine {
 public:
  Machine() : engine_(allocations_, 0, [this](const std::string& text) { findings_ += text; }) {}

  // Zeros that count as written, or memory that nobody has written.
  uint64_t zeros(uint64_t bytes) {
    const uint64_t address = unwritten(bytes);
    const std::vector<uint8_t> content(bytes);
    copy_to_device(allocations_, address, content.data(), bytes);
    return address;
  }
  uint64_t unwritten(uint64_t bytes) {
    return allocations_.allocate(bytes, 0, "a test's buffer")->address;
  }
  uint64_t of_device(uint64_t bytes, int device) {
    return allocations_.allocate(bytes, device, "another device's buffer")->address;
  }
  template <class T>
  uint64_t copy(const std::vector<T>& content) {
    const uint64_t address = unwritten(content.size() * sizeof(T));
    copy_to_device(allocations_, address, content.data(), content.size() * sizeof(T));
    return address;
  }
  template <class T>
  std::vector<T> read(uint64_t address, size_t count) const {
    std::vector<T> content(count);
    EXPECT_TRUE(copy_from_device(allocations_, content.data(), address, count * sizeof(T)));
    return content;
  }
  void release(uint64_t address) { EXPECT_TRUE(allocations_.release(address)); }

  // The error's message, empty where there is none.
  std::string load(const std::string& ptx) {
    Result<ptx::Module> module = ptx::parse(ptx);
    if (!module.ok()) return module.error().message;
    Result<LoadedModule> loaded = load_module(*module, allocations_, 0);
    if (!loaded.ok()) return loaded.error().message;
    module_ = *loaded;
    return {};
  }

  // Launches the loaded module's kernel of that name; parameters of 8 bytes each.
  CUresult launch(const std::string& kernel, uint32_t blocks, uint32_t threads,
                  const std::vector<uint64_t>& parameters, bool programmatic = false,
                  uint32_t shared_bytes = 0) {
    LaunchRequest request;
    for (const auto& one : module_.kernels) {
      if (one->name == kernel) request.kernel = one;
    }
    EXPECT_NE(request.kernel, nullptr) << kernel;
    if (request.kernel == nullptr) return CUDA_ERROR_NOT_FOUND;
    request.grid[0] = blocks;
    request.block[0] = threads;
    request.dynamic_shared_bytes = shared_bytes;
    request.programmatic = programmatic;
    request.parameters.resize(parameters.size() * 8);
    std::memcpy(request.parameters.data(), parameters.data(), request.parameters.size());
    return engine_.launch(*stream_, request);
  }

  CUresult complete() { return engine_.complete(); }
  const std::string& findings() const { return findings_; }
  Engine& engine() { return engine_; }
  const LoadedModule& module() const { return module_; }

 private:
  Allocations allocations_;
  std::string findings_;
  Engine engine_;
  std::shared_ptr<StreamOrder> stream_ = engine_.make_stream();
  LoadedModule module_;
};

}  // namespace ptxsim
