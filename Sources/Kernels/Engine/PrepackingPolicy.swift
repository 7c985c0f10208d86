/// The time at which a convolution's weights are packed for good.
///
/// Prepacked 32-bit floats take three to six times the memory of the model file, and filling fresh memory
/// takes as long as it saves in some thirty images: a program that classifies one photo packs as it goes.
public enum PrepackingPolicy: Sendable, Equatable {
    case never
    case afterImages(Int)
    case atOnce
}
