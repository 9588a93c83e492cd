// What: the driver's one state: devices, live objects, memory. Made on first use, never destroyed.
// Threads: `mutex` is held during every entry point, except while a function of the program runs.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/ptxsim/checker/allocations.h"
#include "tests/ptxsim/driver/device_model.h"
#include "tests/ptxsim/driver/handles.h"
#include "tests/ptxsim/driver/inject.h"
#include "tests/ptxsim/driver/objects.h"
#include "tests/ptxsim/driver/settings.h"

namespace ptxsim {

struct Device {
  DeviceModel model;
  CUcontext primary = nullptr;  // the handle that it has whenever it is active
  unsigned primary_users = 0, primary_flags = 0;
  Statistics statistics;  // of contexts that are gone
};

struct State {
  State();

  std::mutex mutex;
  // The process that called cuInit; 0 before. A child of it has no driver.
  std::atomic<pid_t> owner = 0;
  Result<Settings> settings;
  Injector injector;
  std::vector<Device> devices;

  Allocations memory;
  Allocations trial;  // where modules are loaded only to see whether they can be
  std::map<uint64_t, MemoryBlock> blocks;
  std::vector<std::shared_ptr<Capture>> captures;  // that go on
  uint64_t next_id = 1;                            // of streams, captures and blocks
  std::set<std::string> not_modelled;              // entries that were called and are not

  Handles<CUcontext, Context> contexts{1};
  Handles<CUstream, Stream> streams{2};
  Handles<CUevent, Event> events{3};
  Handles<CUmodule, Module> modules{4};
  Handles<CUfunction, Function> functions{5};
  Handles<CUlibrary, Library> libraries{6};
  Handles<CUkernel, LibraryKernel> kernels{7};
  Handles<CUgraph, Graph> graphs{8};
  Handles<CUgraphNode, NodePlace> nodes{9};
  Handles<CUgraphExec, GraphExec> executables{10};
};

State& driver_state();

// What each thread has of its own.
struct ThreadState {
  std::vector<CUcontext> contexts;  // the last is current
  CUstreamCaptureMode capture_mode = CU_STREAM_CAPTURE_MODE_GLOBAL;
  bool is_in_host_function = false;
};

ThreadState& this_thread();

}  // namespace ptxsim
