// What: a filter under which this process may end and make no other system call.
// Threads: holds for all threads of the process, those that run included.
// Errors: a text, "" when the filter holds.
#pragma once

#include <string>

namespace fp4jit::hot_path {

// From its return on, any system call but exit_group kills the process by SIGSYS. exit_group it
// must be, since a process that can't end can't tell that it passed. Nothing else is allowed:
// threads spin and are ended with the process, so that their own exit (madvise of the stack, futex,
// exit) needs no hole in the filter.
std::string forbid_system_calls();

}  // namespace fp4jit::hot_path
