// What: a call of a function that this program has replaced: counted, then passed on to libc's.
// Threads: any; no lock, and no allocation but by the loader on a function's first call.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace fp4jit::hot_path {

// A string as a template argument.
template <size_t N>
struct Name {
  char text[N];
  consteval Name(const char (&literal)[N]) { std::copy_n(literal, N, text); }
};

struct Counter {
  const char* name;
  std::atomic<uint64_t> calls{0};
  std::atomic<void*> original{nullptr};
  std::atomic<bool> listed{false};
  Counter* next = nullptr;  // in the list of those that were called; written before it is listed
};

// One per function. Constant-initialised: the loader calls some before any constructor has run.
template <Name name>
inline constinit Counter counter{name.text};

// Counts a call if counting is on.
void note(Counter& counter);

// libc's function of that name.
void* original(Counter& counter);

template <Name name, class Value, class... Arguments>
Value forward(Arguments... arguments) {
  note(counter<name>);
  auto function = reinterpret_cast<Value (*)(Arguments...)>(original(counter<name>));
  return function(arguments...);
}

}  // namespace fp4jit::hot_path
