"""A caller that has copied the function's name, as vLLM's loaders do."""

from vllm.model_executor.model_loader.utils import process_weights_after_loading


def load_model(model, model_config, target_device):
    process_weights_after_loading(model, model_config, target_device)
    return model.eval()
