/// The mean of every channel over all pixels.
///
/// - Parameter output: `[channels]`.
@_alwaysEmitIntoClient @inline(__always)
func averagePool<V: FloatVector, Reader: ElementReader>(
    _: V.Type, _: Reader.Type, input: FeatureMap, output: UnsafeMutablePointer<Float>
) {
    let scale = V(repeating: 1 / Float(input.pixels))
    for channel in stride(from: 0, to: input.channels, by: V.lanes) {
        var sum = V.zero
        for pixel in 0..<input.pixels {
            sum = sum + Reader.load(V.self, input.address(pixel: pixel, channel: channel))
        }
        let mean = sum * scale
        for lane in 0..<min(V.lanes, input.channels - channel) {
            output[channel + lane] = mean[lane]
        }
    }
}
