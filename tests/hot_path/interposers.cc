#include "interposers.h"

#include <dlfcn.h>

#include <cstdlib>
#include <cstring>

#include "forward.h"

namespace fp4jit::hot_path {
namespace {

constinit std::atomic<bool> counting{false};
constinit std::atomic<Counter*> called{nullptr};

// dlsym itself, which this program replaces too; by its version it can still be found.
void* libc_dlsym() {
  for (const char* version : {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5"}) {
    if (void* found = dlvsym(RTLD_NEXT, "dlsym", version)) return found;
  }
  abort();
}

}  // namespace

void note(Counter& counter) {
  if (!counting.load(std::memory_order_relaxed)) return;
  counter.calls.fetch_add(1, std::memory_order_relaxed);
  if (counter.listed.exchange(true)) return;
  counter.next = called.load();
  while (!called.compare_exchange_weak(counter.next, &counter)) continue;
}

void* original(Counter& counter) {
  void* address = counter.original.load(std::memory_order_acquire);
  if (address != nullptr) return address;
  void* look_up = libc_dlsym();
  address = strcmp(counter.name, "dlsym") == 0
                ? look_up
                : reinterpret_cast<decltype(&dlsym)>(look_up)(RTLD_NEXT, counter.name);
  if (address == nullptr) abort();
  counter.original.store(address, std::memory_order_release);
  return address;
}

void start_counting() {
  for (Counter* counter = called.load(); counter != nullptr; counter = counter->next) {
    counter->calls.store(0);
  }
  counting.store(true);
}

std::map<std::string, uint64_t> stop_counting() {
  counting.store(false);
  std::map<std::string, uint64_t> calls;
  for (Counter* counter = called.load(); counter != nullptr; counter = counter->next) {
    if (uint64_t count = counter->calls.load()) calls[counter->name] = count;
  }
  return calls;
}

}  // namespace fp4jit::hot_path
