/// What the network reads: one image as 32-bit floats, `[height x width x 3]`, RGB.
package struct InputTensor: Sendable, Equatable {
    package let height: Int
    package let width: Int
    package let values: [Float]

    package init(height: Int, width: Int, values: [Float]) {
        precondition(values.count == height * width * 3)
        self.height = height
        self.width = width
        self.values = values
    }
}
