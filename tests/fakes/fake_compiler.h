// What: a compiler in memory: its "cubin" names the target, and it counts, waits and fails as told.
// Threads: compile may come from many threads; set it up before.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "compile/compiler.h"

namespace fp4jit {

class FakeCompiler : public Compiler, public LazyCompiler {
 public:
  cache::Toolchain toolchain() const override { return version; }

  Result<CompileOutput> compile(const CompileRequest& request) override {
    compiles.fetch_add(1);
    if (before) before(request);
    if (request.cancelled != nullptr && request.cancelled->load()) {
      return Status(StatusCode::kCancelled, "the fake compiler was cancelled");
    }
    if (failures.load() > 0 && failures.fetch_sub(1) > 0) {
      return Status(StatusCode::kCompile, "the fake compiler was told to fail");
    }
    // The wait of dependent launch, which every artifact is checked for.
    std::string ptx = omits_wait ? "" : "griddepcontrol.wait; ";
    ptx += "// " + request.source->name_expression + " " + version.text() + " ";
    return CompileOutput{ptx + target_text(request.target), ptx, "fake_kernel"};
  }

  Result<Compiler*> open() override {
    if (absent) return Status(StatusCode::kNoNvrtc, "the fake compiler is absent");
    opened_.store(true);
    return this;
  }
  bool opened() const override { return opened_.load(); }

  std::atomic<int> compiles{0};
  std::atomic<int> failures{0};  // of the next compiles
  std::function<void(const CompileRequest&)> before;
  bool absent = false;
  bool omits_wait = false;
  cache::Toolchain version = {13, 0};

 private:
  std::atomic<bool> opened_{false};
};

}  // namespace fp4jit
