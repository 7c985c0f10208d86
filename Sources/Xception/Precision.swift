import Kernels

/// The arithmetic of a forward pass.
public typealias Precision = Kernels.Precision
