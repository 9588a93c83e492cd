#include "tests/ptxsim/driver/statistics.h"

#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "tests/ptxsim/driver/state.h"

namespace ptxsim {
namespace {

Statistics statistics_of(const State& state, size_t device) {
  Statistics sum = state.devices[device].statistics;
  state.contexts.for_each([&](const Context& context) {
    if (context.device == static_cast<int>(device))
      add_statistics(&sum, context.engine->statistics());
  });
  return sum;
}

void write_statistics() {
  State& state = driver_state();
  // A forked child has launched nothing; and a thread that ends the process from within the driver
  // holds the lock.
  if (state.owner != ::getpid() || !state.mutex.try_lock()) return;
  std::string lines;
  for (size_t device = 0; device < state.devices.size(); ++device) {
    const Statistics statistics = statistics_of(state, device);
    if (statistics.launches == 0) continue;
    lines += statistics_line(static_cast<int>(device), statistics);
  }
  state.mutex.unlock();
  const std::string& path = state.settings->statistics_path;
  std::FILE* file = lines.empty() ? nullptr : std::fopen(path.c_str(), "a");
  // One write, so that lines of several processes do not mix.
  if (file != nullptr) {
    std::setvbuf(file, nullptr, _IOFBF, lines.size() + 1);
    std::fputs(lines.c_str(), file);
    std::fclose(file);
  } else if (!lines.empty()) {
    std::fprintf(stderr, "ptxsim: PTXSIM_STATS: '%s' can't be written\n", path.c_str());
  }
}

}  // namespace

void add_statistics(Statistics* sum, const Statistics& more) {
  sum->launches += more.launches;
  sum->blocks += more.blocks;
  sum->thread_instructions += more.thread_instructions;
  sum->findings += more.findings;
  sum->seconds += more.seconds;
}

std::string statistics_line(int device, const Statistics& statistics) {
  char line[256];
  std::snprintf(line, sizeof line,
                "{\"device\": %d, \"launches\": %" PRIu64 ", \"blocks\": %" PRIu64
                ", \"thread_instructions\": %" PRIu64
                ", \"kernel_seconds\": %.6f, \"findings\": %" PRIu64 "}\n",
                device, statistics.launches, statistics.blocks, statistics.thread_instructions,
                statistics.seconds, statistics.findings);
  return line;
}

void write_statistics_at_exit() {
  if (!driver_state().settings->statistics_path.empty()) std::atexit(write_statistics);
}

}  // namespace ptxsim
