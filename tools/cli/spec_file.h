// What: specs that a file lists. A trace is what a runtime recorded, a spec's canonical text a
// line; blank lines and those that begin with '#' say nothing, and a line may end as on Windows. A
// manifest is JSON, an object with the list "specs" (or "records") of texts and of objects with a
// text under "spec". What `fp4jit prewarm`, `list` and `stats` print with --json is one as it is;
// of their other keys, and of "comment", nothing is read. Any other key is an error.
// Threads: any.
// Errors: kInvalidArgument, naming the file, for one that cannot be read or is over its bound.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/status.h"

namespace fp4jit::cli {

inline constexpr size_t kMostSpecFileBytes = 16u << 20;  // a quarter of a million specs
inline constexpr const char* kStandardInput = "-";       // this path

// A spec as it stands in its file, not yet parsed.
struct ListedSpec {
  std::string text;
  std::string place;  // "app.trace:3", "plan.json: specs[3]"
};

struct SpecFile {
  std::vector<ListedSpec> specs;  // equal texts once, in the order of first appearance
  std::string warning;            // what was left out of it, or ""
};

// Processes append to a trace at once and may be killed while they do: what stands after the last
// newline is left out, and so is a line that ends in '#', which the next writer ends so.
Result<SpecFile> read_trace(const std::string& path);

Result<SpecFile> read_manifest(const std::string& path);

}  // namespace fp4jit::cli
