"""What loads a model on a rank's device."""


class ModelRunner:
    def __init__(self, model, dtype):
        self.unloaded, self.config_dtype = model, dtype
        self.device, self.gpu_id = "cpu", 0

    def load_model(self):
        self.model, self.dtype = self.unloaded, self.config_dtype
