"""Reads Xception weights from the files people have and writes the model files `xception` runs.

    keras_file     Keras: .keras, .weights.h5, legacy .h5
    torch_file     PyTorch: .pth, .pt and safetensors
    network        the layers and their shapes, batch normalization folding
    variants       published variants and their preprocessing
    conversion     from a source to the files that are written
    labels         class lists
    model_file     safetensors, read and written
    sources        published files known by their SHA-256
"""
