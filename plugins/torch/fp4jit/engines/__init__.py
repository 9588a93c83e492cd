"""Plugins of inference engines: their FP4 and MX quantisers become fp4jit's, prepared when the weights are there."""
