import Kernels
import ModelFiles

/// A network up to its last feature map: its layers, and the limits for checking files and images.
///
/// To add one, write a file with a conforming type, and a line in ``Networks/all``.
package protocol Network: Sendable {
    /// The value of ``MetadataKey/network`` in the files of its backbones.
    static var name: String { get }

    /// Reads the settings in a backbone's file.
    ///
    /// - Throws: ``ModelFileError/wrongMetadata(path:key:found:expected:)``.
    init(_ file: SafetensorsFile) throws(ModelFileError)

    /// Smallest height and width of an input, as in Keras.
    var minimumInputSize: Int { get }
    /// Channels of the last feature map.
    var features: Int { get }
    /// The settings in which published weights differ, in a few words.
    var settings: String { get }
    /// The number formats in which the network keeps the documented accuracy.
    var accuratePrecisions: Set<Precision> { get }

    /// The layers, in order, from an image `[height x width x 3]` to the feature map before global pooling.
    func forward<Operations: NetworkOperations>(
        _ image: Operations.Tensor, on operations: inout Operations
    ) throws(Operations.Failure) -> Operations.Tensor
}

extension Network {
    /// The largest height and width that a model file may ask for: activations then take some 480 MiB per thread, and
    /// an image 12 times the arithmetic of one of 299 x 299.
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
