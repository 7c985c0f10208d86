"""Reads Xception weights from the files people have and writes the model files `xception` runs.

    keras_file     Keras .keras
    network        the layers, their shapes, and batch normalization folding
    labels         class lists
    model_file     the safetensors files that are written
    sources        the published files known by their SHA-256
"""
