// What: what stands behind the driver's handles. Everything is run as soon as it is enqueued, save
// for what the engine leaves standing for a programmatic successor; so a stream is an order, and
// what it captures.
// Threads: under the driver's lock.
#pragma once

#include <cuda.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/ptxsim/driver/operation.h"
#include "tests/ptxsim/exec/engine.h"
#include "tests/ptxsim/ptx/module.h"

namespace ptxsim {

struct Node {
  CUgraphNode handle = nullptr;
  Operation operation;
  std::vector<size_t> dependencies;        // earlier nodes of the graph
  std::vector<void*> parameter_addresses;  // for who asks for a kernel's parameters
};

struct Graph {
  CUgraph handle = nullptr;
  std::vector<Node> nodes;
};

struct NodePlace {
  CUgraph graph = nullptr;
  size_t index = 0;
};

struct GraphExec {
  CUcontext context = nullptr;
  std::shared_ptr<const Graph> graph;  // as it was when it was instantiated
  std::shared_ptr<StreamOrder> order;
};

struct Stream;

struct Capture {
  uint64_t id = 0;
  CUstreamCaptureMode mode = CU_STREAM_CAPTURE_MODE_GLOBAL;
  std::thread::id thread;          // that began it
  const Stream* origin = nullptr;  // in which it began
  std::shared_ptr<Graph> graph;
  bool is_invalid = false;
};

struct Stream {
  CUcontext context = nullptr;
  CUstream handle = nullptr;
  unsigned flags = CU_STREAM_DEFAULT;
  int priority = 0;
  uint64_t id = 0;
  bool is_legacy = false;  // the null stream, which waits for every blocking one
  std::shared_ptr<StreamOrder> order;
  std::shared_ptr<Capture> capture;       // null while none is going on
  std::vector<size_t> tail;               // nodes that the next one of the capture comes after
  std::vector<CUgraphNode> tail_handles;  // the same, for who asks
  std::vector<CUgraphEdgeData> tail_edges;
};

struct Event {
  CUcontext context = nullptr;
  unsigned flags = 0;
  bool is_recorded = false;
  std::chrono::steady_clock::time_point time;
  std::shared_ptr<Capture> capture;  // where it was recorded last, if in one
  std::vector<size_t> tail;          // of that
};

struct Context {
  CUcontext handle = nullptr;
  int device = 0;
  unsigned flags = 0;
  bool is_primary = false;
  std::unique_ptr<Engine> engine;
  std::shared_ptr<Stream> legacy;
  std::map<std::thread::id, std::shared_ptr<Stream>> per_thread;
};

// A parsed image, and what it is made of when it is loaded, whatever the device.
struct Image {
  ptx::Module module;
  LoadedModule sample;
};

struct Module {
  CUcontext context = nullptr;
  CUlibrary library = nullptr;  // whose it is, if one's
  std::shared_ptr<const Image> image;
  LoadedModule loaded;
  std::vector<CUfunction> functions;  // of its kernels, in their order
};

struct Function {
  CUcontext context = nullptr;
  CUmodule module = nullptr;
  std::shared_ptr<const ptxsim::Kernel> kernel;
  int target = 0;               // 100 of "sm_100a"
  int most_dynamic_shared = 0;  // bytes
};

struct Library {
  std::shared_ptr<const Image> image;
  std::vector<CUkernel> kernels;          // in the order of the image's
  std::map<CUcontext, CUmodule> modules;  // where it is loaded
};

struct LibraryKernel {
  CUlibrary library = nullptr;
  size_t index = 0;                        // in the image
  std::map<int, int> most_dynamic_shared;  // by device, where it was set
};

// Memory that the program allocated, by where it begins.
struct MemoryBlock {
  enum class Kind { kDevice, kPinned, kRegistered };
  Kind kind = Kind::kDevice;
  CUcontext context = nullptr;
  uint64_t id = 0;
  std::unique_ptr<LazyMemory> host;  // of pinned memory
};

}  // namespace ptxsim
