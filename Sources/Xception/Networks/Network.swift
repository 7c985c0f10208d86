import Kernels
import ModelFiles

/// A network up to its last feature map: its layers, and the limits by which files and images are checked.
///
/// To add one: a file with a type that conforms, and a line in ``Networks/all``.
package protocol Network: Sendable {
    /// The value of ``MetadataKey/network`` in the files of its backbones.
    static var name: String { get }

    /// Reads the settings that a backbone's file states.
    ///
    /// - Throws: ``ModelFileError/wrongMetadata(path:key:found:expected:)``.
    init(_ file: SafetensorsFile) throws(ModelFileError)

    /// Smallest height and width of an input, as in Keras.
    var minimumInputSize: Int { get }
    /// Channels of the last feature map.
    var features: Int { get }
    /// The settings in which published weights differ, in a few words.
    var settings: String { get }
    /// Number formats in which it keeps the accuracy that the documentation states.
    var accuratePrecisions: Set<Precision> { get }

    /// The layers, in order, from an image `[height x width x 3]` to the feature map before global pooling.
    func forward<Operations: NetworkOperations>(
        _ image: Operations.Tensor, on operations: inout Operations
    ) throws(Operations.Failure) -> Operations.Tensor
}

extension Network {
    /// Largest height and width that a model file may ask for: activations then take some 480 MiB per thread, and an
    /// image 12 times the arithmetic of one of 299 x 299.
    package var maximumInputSize: Int { 1024 }

    /// The convolution layers, in order, for an input of `height x width`.
    ///
    /// - Precondition: both are at least ``minimumInputSize``.
    package func layers(height: Int, width: Int) -> [LayerDescription] {
        precondition(min(height, width) >= minimumInputSize)
        var shapes = ShapeInference()
        _ = forward(ShapeInference.Tensor(height: height, width: width, channels: 3), on: &shapes)
        return shapes.layers
    }
}
