"""Reads network weights from the files people have and writes the model files `xception` runs.

    file_kind, hdf5_file           what a file is; HDF5 that is read with care
    keras_file, keras_layouts,     Keras: .keras, .weights.h5, legacy .h5
      keras_config, pairing
    torch_file, torch_pickle,      PyTorch: pickled state dicts and safetensors
      torch_naming
    head_source                    a head by itself
    network, weights               the layers and their shapes; what was read, batch normalization folding
    variants                       published variants and their preprocessing
    conversion                     from a source to the files that are written
    labels                         class lists
    model_file                     safetensors, read and written
    sources                        published files known by their SHA-256
    text                           strangers' text on the terminal
"""
