// What: the kinds of artifact by name, as FP4JIT_ARTIFACT, listings and keys spell them.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "cache/record.h"

namespace fp4jit {

struct ArtifactKindRow {
  cache::Kind value;
  std::string_view name;
};

inline constexpr ArtifactKindRow kArtifactKinds[] = {
    {cache::Kind::kCubin, "cubin"},
    {cache::Kind::kPtx, "ptx"},
};

constexpr std::string_view artifact_kind_name(cache::Kind kind) {
  for (const ArtifactKindRow& row : kArtifactKinds) {
    if (row.value == kind) return row.name;
  }
  return "unknown";
}

// "" is a cubin. kInvalidArgument names FP4JIT_ARTIFACT.
inline Result<cache::Kind> parse_artifact_kind(std::string_view name) {
  if (name.empty()) return cache::Kind::kCubin;
  for (const ArtifactKindRow& row : kArtifactKinds) {
    if (row.name == name) return row.value;
  }
  return Status(StatusCode::kInvalidArgument,
                "FP4JIT_ARTIFACT must be cubin or ptx; it is '" + std::string(name) + "'");
}

}  // namespace fp4jit
