// What: libfp4jit.so, or a copy of it, opened as by a program that was not linked with it.
// Threads: any.
#pragma once

#include <dlfcn.h>

#include "calls.h"

namespace fp4jit::life_cycle {

class Library {
 public:
  // Ends the process with a message where there is none at `path`.
  explicit Library(const std::string& path) : handle_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    require(handle_ != nullptr, path.c_str());
    find("fp4jit_runtime_create", &create);
    find("fp4jit_runtime_release", &release);
    find("fp4jit_compile", &compile);
    find("fp4jit_load", &load);
    find("fp4jit_find", &find_kernel);
    find("fp4jit_launch", &launch);
    find("fp4jit_launch_spec", &launch_spec);
    find("fp4jit_seal", &seal);
    find("fp4jit_last_error", &last_error);
  }

  void close() { require(dlclose(handle_) == 0, "dlclose"); }

  decltype(&fp4jit_runtime_create) create;
  decltype(&fp4jit_runtime_release) release;
  decltype(&fp4jit_compile) compile;
  decltype(&fp4jit_load) load;
  decltype(&fp4jit_find) find_kernel;
  decltype(&fp4jit_launch) launch;
  decltype(&fp4jit_launch_spec) launch_spec;
  decltype(&fp4jit_seal) seal;
  decltype(&fp4jit_last_error) last_error;

 private:
  template <class Function>
  void find(const char* name, Function** out) {
    *out = reinterpret_cast<Function*>(dlsym(handle_, name));
    require(*out != nullptr, name);
  }

  void* handle_;
};

}  // namespace fp4jit::life_cycle
