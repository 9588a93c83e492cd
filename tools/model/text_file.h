// What: a file from outside as text, up to a bound. Any kind of file will do: a pipe is read to its
// end.
// Threads: any.
// Errors: kInvalidArgument, naming the file, for one that cannot be read or is over the bound.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

#include "base/status.h"

namespace fp4jit::model {

Result<std::string> read_text_file(const std::string& path, size_t most_bytes);

// The rest of an open file, which errors call `name`.
Result<std::string> read_text(FILE* file, const std::string& name, size_t most_bytes);

}  // namespace fp4jit::model
