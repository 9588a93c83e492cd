"""The quantiser to MXFP8."""


def flashinfer_mxfp8_quantize(input, is_sf_swizzled_layout=True, alignment=32, backend="cute-dsl"):
    return "SGLang's own"
