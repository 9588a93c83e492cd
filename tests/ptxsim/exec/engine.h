// What: what the driver's entry points need of the machine: make kernels of a PTX module, launch
// them in a stream's order, tell what went wrong.
// Threads: every call is made with the driver's one lock held. launch() uses threads of its own.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/ptxsim/base/result.h"
#include "tests/ptxsim/checker/allocations.h"
#include "tests/ptxsim/ptx/module.h"

namespace ptxsim {

struct Program;  // machine/program.h: a decoded kernel

// A kernel of a loaded module, for the devices that it was loaded on.
struct Kernel {
  std::string name;
  std::vector<uint32_t> parameter_bytes, parameter_offsets;  // one for each parameter
  uint32_t parameter_total = 0;
  uint32_t static_shared_bytes = 0, local_bytes = 0, const_bytes = 0;
  uint32_t max_threads = 1024;               // .maxntid
  uint32_t required_threads[3] = {0, 0, 0};  // .reqntid; 0: not said
  std::shared_ptr<const Program> program;
};

struct LoadedModule {
  struct GlobalVariable {
    std::string name;
    uint64_t address, bytes;
  };
  std::vector<std::shared_ptr<const Kernel>> kernels;
  std::vector<GlobalVariable> globals;
  uint64_t variables = 0;  // the allocation that holds them: to be released with the module; or 0
};

// Decodes every entry and gives the module's variables memory on `device`. Errors:
// CUDA_ERROR_INVALID_PTX for an opcode, modifier or operand that the table of instructions lacks,
// with line and text.
Result<LoadedModule> load_module(const ptx::Module& module, Allocations& allocations, int device);

struct LaunchRequest {
  std::shared_ptr<const Kernel> kernel;
  uint32_t grid[3] = {1, 1, 1}, block[3] = {1, 1, 1};
  uint32_t dynamic_shared_bytes = 0;
  std::vector<uint8_t> parameters;  // laid out as the kernel's parameter space
  bool programmatic = false;        // may start before its predecessor has completed
};

struct Statistics {
  uint64_t launches = 0, blocks = 0, thread_instructions = 0, findings = 0;
  double seconds = 0;  // in kernels
};

// The order of one stream: its last launch may stand still after its trigger, so that a
// programmatic successor runs beside it; nothing else does.
struct StreamOrder;

class Engine {
 public:
  // `report` gets each finding's text, from any thread, one at a time.
  Engine(const Allocations& allocations, int device,
         std::function<void(const std::string&)> report);
  ~Engine();

  std::shared_ptr<StreamOrder> make_stream();
  // Runs the kernel, except that blocks which have triggered may be left standing until complete().
  // CUDA_SUCCESS, or the code of a finding, which from then on every launch returns.
  CUresult launch(StreamOrder& stream, const LaunchRequest& request);
  // Lets what stands still in any stream run to its end.
  CUresult complete();
  // Of the first finding: sticky, as a context's error is.
  CUresult error() const;
  const Statistics& statistics() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ptxsim
