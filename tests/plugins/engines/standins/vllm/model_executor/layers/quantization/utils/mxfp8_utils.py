"""The quantiser to MXFP8."""


def mxfp8_e4m3_quantize(x, is_sf_swizzled_layout=False, alignment=0):
    return "vLLM's own"
