// What: the compiler behind a seam: a Source in, bytes out. NVRTC is the real one
// (compile/nvrtc.h).
// Threads: an implementation may be called from many threads at once.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/status.h"
#include "cache/record.h"
#include "codegen/source.h"
#include "spec/target.h"

namespace fp4jit {

struct CompileRequest {
  const Source* source = nullptr;
  Target target;  // compute_XY gives PTX
  cache::Kind kind = cache::Kind::kCubin;
  std::string random_seed;  // fixed per key, so that equal requests give equal bytes
  const std::atomic<bool>* cancelled = nullptr;  // polled while compiling; may be null
};

struct CompileOutput {
  std::string bytes;          // cubin or PTX
  std::string ptx;            // of the same program, for inspection; may be empty for a cubin
  std::string kernel_symbol;  // the lowered name
};

class Compiler {
 public:
  virtual ~Compiler() = default;
  virtual cache::Toolchain toolchain() const = 0;

  // kUnsupported: this version lacks the target. kCompile: the log is in the message. kCancelled.
  virtual Result<CompileOutput> compile(const CompileRequest& request) = 0;
};

// Opens the compiler on the first call. Why it could not is not remembered: the next call tries
// again. Shared by all threads.
class LazyCompiler {
 public:
  virtual ~LazyCompiler() = default;
  virtual Result<Compiler*> open() = 0;
  virtual bool opened() const = 0;  // whether open() was ever called with success
};

}  // namespace fp4jit
