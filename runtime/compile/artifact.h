// What: an artifact, compiled bytes with what a launch must know about them.
// Threads: immutable once made; shared.
#pragma once

#include <memory>

#include "cache/record.h"
#include "spec/spec.h"

namespace fp4jit {

// Where an artifact came from; the layers in the order of a look-up.
enum class Layer : uint8_t { kMemory, kStore, kCompile };

struct LayerRow {
  Layer value;
  std::string_view name;
};

template <>
inline constexpr LayerRow kEnumTable<Layer>[] = {
    {Layer::kMemory, "memory"},
    {Layer::kStore, "store"},
    {Layer::kCompile, "compile"},
};
static_assert(enum_table_ordered<Layer>());

// A record of a spec of ours: what the cache keeps, plus the spec it was made from.
struct Artifact {
  Spec spec;
  cache::Record record;
};

using ArtifactPointer = std::shared_ptr<const Artifact>;

}  // namespace fp4jit
