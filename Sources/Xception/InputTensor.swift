/// What the network reads: one image as 32-bit floats, `[height x width x 3]`, RGB.
public struct InputTensor: Sendable, Equatable {
    public let height: Int
    public let width: Int
    public let values: [Float]

    public init(height: Int, width: Int, values: [Float]) {
        precondition(values.count == height * width * 3)
        self.height = height
        self.width = width
        self.values = values
    }
}
