"""A caller that has copied the function's name, as SGLang's methods do."""

from sglang.srt.layers.quantization.fp4_utils import fp4_quantize
