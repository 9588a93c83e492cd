// What: the identity of an artifact: what was asked for, never by whom, where or when.
// Threads: pure.
#pragma once

#include "cache/digest.h"
#include "cache/record.h"
#include "spec/spec.h"

namespace fp4jit {

struct ArtifactKey {
  cache::Digest digest;
  std::string text;  // cache::DigestBuilder::text(), kept in the record
};

// Fields: record version, template digest (transitive), codegen version, canonical spec, target,
// artifact kind, option set. The compiler's version is not one: records of several toolchains share
// a key and stand side by side. `spec` has a template.
ArtifactKey artifact_key(const Spec& spec, cache::Kind kind);

}  // namespace fp4jit
