#include "tools/model/model_facts.h"

#include "base/format.h"
#include "tools/model/families/families.h"

namespace fp4jit::model {
namespace {

Status require_kernels(const PlanRequest& request) {
  if (!request.backend || !enum_row(*request.backend).weights_alone) return {};
  return {StatusCode::kUnsupported,
          formatted("backend {} dequantises weights and takes activations as they are: there is "
                    "nothing to do",
                    enum_name(*request.backend))};
}

}  // namespace

Result<ModelFacts> read_model(const PlanRequest& request) {
  ModelFacts facts;
  FP4JIT_ASSIGN_OR_RETURN(facts.parallel, resolve_parallel(request.parallel));
  FP4JIT_ASSIGN_OR_RETURN(facts.checkpoint, read_checkpoint(request.path));
  const Checkpoint& checkpoint = facts.checkpoint;
  FP4JIT_ASSIGN_OR_RETURN(facts.quantization, read_quantization(checkpoint, request.format));
  FP4JIT_RETURN_IF_ERROR(require_kernels(request));
  FP4JIT_ASSIGN_OR_RETURN(
      facts.architecture,
      read_architecture(checkpoint.text, {checkpoint.outer_type, request.assume, request.mtp}));
  FP4JIT_RETURN_IF_ERROR(require_dealt_heads(facts.architecture, facts.parallel));
  FP4JIT_ASSIGN_OR_RETURN(facts.in,
                          request.in ? Result<Dtype>(*request.in) : activation_dtype(checkpoint));
  return facts;
}

}  // namespace fp4jit::model
