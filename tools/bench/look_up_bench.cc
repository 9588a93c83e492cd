// A look-up of a prepared kernel, ours and in the shapes of peers, all over the same specs, one
// after another and on one and more threads.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <thread>
#include <vector>

#include "tools/bench/hot_specs.h"
#include "tools/bench/look_up_shapes.h"
#include "tools/bench/pinned_thread.h"
#include "tools/bench/scratch_cache.h"

namespace fp4jit::bench {
namespace {

// Records and requests in the same, random order.
struct Kernels {
  std::vector<Request> requests;
  KernelArray records;
};

const Kernels& kernels() {
  static const std::unique_ptr<Kernels> all = [] {
    auto made = std::make_unique<Kernels>();
    for (const std::string& text : hot_spec_texts()) {
      for (int32_t device : {0, 1}) {
        Spec spec = spec_of(text.c_str());
        made->requests.push_back({spec, {pack_spec(spec), device}});
      }
    }
    std::shuffle(made->requests.begin(), made->requests.end(), std::mt19937(1));
    for (Request& request : made->requests) request.handle = made->records.append({})->handle;
    return made;
  }();
  return *all;
}

template <class Shape>
Shape& filled() {
  static Shape shape;
  static const bool is_filled = [] {
    for (const Request& request : kernels().requests) {
      shape.insert(request, kernels().records.get(request.handle));
    }
    return true;
  }();
  static_cast<void>(is_filled);
  return shape;
}

template <class Shape>
void look_up(benchmark::State& state) {
  Shape& shape = filled<Shape>();
  PinnedThread pinned(state.thread_index());
  const std::vector<Request>& requests = kernels().requests;
  size_t next = 7 * static_cast<size_t>(state.thread_index());
  for (const Request& request : requests) {
    if (shape.find(request) == nullptr) state.SkipWithError("a kernel was not found");
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(shape.find(requests[next]));
    if (++next == requests.size()) next = 0;
  }
}

void on_threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->Threads(1)->Threads(2);
  int cores = static_cast<int>(std::thread::hardware_concurrency());
  if (cores > 2) benchmark->Threads(cores);
}

BENCHMARK_TEMPLATE(look_up, HandleShape)->Apply(on_threads);
BENCHMARK_TEMPLATE(look_up, PackedShape)->Apply(on_threads);
BENCHMARK_TEMPLATE(look_up, SpecShape)->Apply(on_threads);
BENCHMARK_TEMPLATE(look_up, LruShape)->Apply(on_threads);
BENCHMARK_TEMPLATE(look_up, OneEntryShape)->Apply(on_threads);
BENCHMARK_TEMPLATE(look_up, LabelShape)->Apply(on_threads);
BENCHMARK_TEMPLATE(look_up, FutureShape)->Apply(on_threads);
BENCHMARK_TEMPLATE(look_up, SourceShape)->Apply(on_threads);
BENCHMARK_TEMPLATE(look_up, SourceAndStatShape)->Apply(on_threads);

}  // namespace
}  // namespace fp4jit::bench
