"""The quantiser to NVFP4."""


def scaled_fp4_quant(
    input, input_global_scale, is_sf_swizzled_layout=True, backend="none", padded_n=None
):
    return "vLLM's own"
