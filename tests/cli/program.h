// What: runs the program of this build, as a shell would.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <string>

namespace fp4jit {

struct Answer {
  int exit = -1;
  std::string text;  // stdout and stderr
};

inline Answer run(const std::string& arguments) {
  Answer answer;
  FILE* program = ::popen((FP4JIT_PROGRAM " " + arguments + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (size_t count = std::fread(buffer, 1, sizeof buffer, program)) {
    answer.text.append(buffer, count);
  }
  answer.exit = WEXITSTATUS(::pclose(program));
  return answer;
}

}  // namespace fp4jit
