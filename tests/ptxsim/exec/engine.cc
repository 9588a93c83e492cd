#include "tests/ptxsim/exec/engine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>

#include "tests/ptxsim/exec/grid.h"

namespace ptxsim {
namespace {

constexpr uint64_t kDefaultBudget = 50'000'000;  // of a warp; seconds of it, far above any of ours

uint64_t budget() {
  static const uint64_t instructions = [] {
    const char* text = std::getenv("PTXSIM_BUDGET");
    return text == nullptr ? kDefaultBudget : std::strtoull(text, nullptr, 10);
  }();
  return instructions;
}

// Counts for the process: devices and contexts write to memory that they share.
std::atomic<uint64_t> launches = 0;

// Adds the time that it lives to a sum of seconds.
class Stopwatch {
 public:
  explicit Stopwatch(double* sum) : sum_(sum) {}
  ~Stopwatch() {
    *sum_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  double* sum_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// What a launch leaves to the next one of its stream: whose writes that one may not see.
struct Trail {
  uint64_t id = 0;
  LaunchNames unseen_at_start;  // by a successor that starts at once
  LaunchNames unseen_after_wait;
};

}  // namespace

struct StreamOrder {
  Trail last;
  std::unique_ptr<Grid> paused;
};

struct Engine::State {
  State(const Allocations& allocations, int device,
        std::function<void(const std::string&)> report_finding)
      : memory(allocations, device), report(std::move(report_finding)) {}

  std::unique_ptr<Grid> make_grid(const LaunchRequest& request, const StreamOrder& stream);
  void finish(StreamOrder& stream);
  void finish_all();
  void count(Launch& launch);

  DeviceMemory memory;
  std::function<void(const std::string&)> report;
  std::vector<std::shared_ptr<StreamOrder>> streams;
  CUresult error = CUDA_SUCCESS;
  Statistics statistics;
};

std::unique_ptr<Grid> Engine::State::make_grid(const LaunchRequest& request,
                                               const StreamOrder& stream) {
  auto launch = std::make_unique<Launch>();
  launch->program = request.kernel->program;
  std::copy_n(request.grid, 3, launch->grid);
  std::copy_n(request.block, 3, launch->block);
  launch->shared_bytes = launch->program->static_shared_bytes + request.dynamic_shared_bytes;
  launch->parameters = request.parameters;
  launch->memory = &memory;
  launch->print = report;
  launch->id = ++launches;
  launch->budget = budget();
  if (request.programmatic) {
    launch->withheld_before_wait = stream.last.unseen_at_start;
    launch->withheld_after_wait = stream.last.unseen_after_wait;
  }
  return std::make_unique<Grid>(std::move(launch));
}

void Engine::State::count(Launch& launch) {
  ++statistics.launches;
  statistics.blocks += launch.blocks();
  statistics.thread_instructions += launch.thread_instructions;
  if (launch.code() == CUDA_SUCCESS) return;
  ++statistics.findings;
  if (error == CUDA_SUCCESS) error = launch.code();
}

// The stream's paused launch to its end, and what that says of those that may come after.
void Engine::State::finish(StreamOrder& stream) {
  if (stream.paused == nullptr) return;
  stream.paused->run(false);
  count(stream.paused->launch());
  stream.paused.reset();
}

void Engine::State::finish_all() {
  for (const auto& stream : streams) finish(*stream);
}

namespace {

// A successor starts when all blocks have triggered: before this launch's writes can be seen, and
// where one triggered before it waited, before those of what it waits for. A launch that does not
// wait ends without a word about its predecessors.
Trail trail_of(Launch& launch) {
  Trail trail{launch.id, {}, {}};
  const bool early = launch.triggered_before_wait || !launch.waited;
  trail.unseen_at_start = early ? launch.withheld_before_wait : launch.withheld_after_wait;
  trail.unseen_at_start.emplace(launch.id, launch.program->name);
  trail.unseen_after_wait =
      launch.waited ? launch.withheld_after_wait : launch.withheld_before_wait;
  return trail;
}

}  // namespace

Engine::Engine(const Allocations& allocations, int device,
               std::function<void(const std::string&)> report)
    : state_(std::make_unique<State>(allocations, device, std::move(report))) {}

Engine::~Engine() = default;

std::shared_ptr<StreamOrder> Engine::make_stream() {
  state_->streams.push_back(std::make_shared<StreamOrder>());
  return state_->streams.back();
}

CUresult Engine::launch(StreamOrder& stream, const LaunchRequest& request) {
  const Stopwatch stopwatch(&state_->statistics.seconds);
  if (!request.programmatic || stream.paused == nullptr) state_->finish_all();
  if (state_->error != CUDA_SUCCESS) return state_->error;
  std::unique_ptr<Grid> grid = state_->make_grid(request, stream);
  Launch& launch = grid->launch();
  if (stream.paused != nullptr) {
    // The predecessor has triggered and stands still: this one's blocks go as far as they may.
    launch.predecessor_completed = false;
    grid->run_prologues();
    state_->finish(stream);
    launch.predecessor_completed = true;
    if (state_->error != CUDA_SUCCESS) return CUDA_SUCCESS;  // as a launch behind it on a GPU
    launch.check_touches();
  }
  grid->run(launch.program->triggers);
  stream.last = trail_of(launch);
  if (grid->completed()) {
    state_->count(launch);
  } else {
    stream.paused = std::move(grid);
  }
  return CUDA_SUCCESS;
}

CUresult Engine::complete() {
  const Stopwatch stopwatch(&state_->statistics.seconds);
  state_->finish_all();
  // What has been waited for can be seen.
  for (const auto& stream : state_->streams) stream->last = {};
  std::erase_if(state_->streams, [](const auto& stream) { return stream.use_count() == 1; });
  return state_->error;
}

CUresult Engine::error() const {
  return state_->error;
}

const Statistics& Engine::statistics() const {
  return state_->statistics;
}

}  // namespace ptxsim
