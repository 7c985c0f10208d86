"""Reads Xception weights from the files people have and writes the model files `xception` runs.

    keras_file     Keras: .keras, .weights.h5, legacy .h5
    torch_file     PyTorch: .pth, .pt and safetensors
    network        the layers and their shapes, published variants, batch normalization folding
    labels         class lists
    model_file     safetensors, read and written
    sources        published files known by their SHA-256
"""
