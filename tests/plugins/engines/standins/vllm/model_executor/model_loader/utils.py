"""What runs over a model when its weights were loaded."""


def process_weights_after_loading(model, model_config, target_device):
    for layer in model.modules():
        layer.weights_are_processed = True
