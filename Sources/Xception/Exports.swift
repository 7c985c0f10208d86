// Types of other modules in this module's interface, so that its users import Xception alone.
#if canImport(FoundationEssentials)
@_exported import struct FoundationEssentials.Data
@_exported import struct FoundationEssentials.URL
#else
@_exported import struct Foundation.Data
@_exported import struct Foundation.URL
#endif
@_exported import enum Images.ResampleFilter
@_exported import struct Images.RGBImage
@_exported import enum Kernels.Precision
@_exported import struct ModelFiles.ClassLabel
