/// The sums of products of a template with a picture at each place where the template lies inside.
public struct Correlation: @unchecked Sendable {
    /// `[.. x stride]`, followed by ``padding`` floats.
    @usableFromInline let picture: UnsafePointer<Float>
    /// Floats per row, a multiple of ``padding``.
    @usableFromInline let stride: Int
    /// `[height x width]`, at most ``padding`` wide.
    @usableFromInline let template: UnsafePointer<Float>
    @usableFromInline let width: Int
    @usableFromInline let height: Int
    /// Places of the template from top to bottom, and from left to right.
    @usableFromInline let rows: Int
    @usableFromInline let columns: Int
    /// `[rows x stride]`; the first `columns` of each row are sums, the rest is undefined.
    @usableFromInline let output: UnsafeMutablePointer<Float>

    /// Floats in four vectors of any instruction set.
    public static let padding = 4 * maximumLanes

    public init(
        picture: UnsafePointer<Float>, stride: Int, template: UnsafePointer<Float>, width: Int, height: Int, rows: Int,
        columns: Int, output: UnsafeMutablePointer<Float>
    ) {
        check(
            stride % Self.padding == 0 && width <= Self.padding && columns <= stride,
            "a template lies inside its picture")
        self.picture = picture
        self.stride = stride
        self.template = template
        self.width = width
        self.height = height
        self.rows = rows
        self.columns = columns
        self.output = output
    }
}

@_alwaysEmitIntoClient @inline(__always)
func correlate<V: FloatVector>(_: V.Type, _ work: Correlation) {
    let stride = work.stride
    for row in 0..<work.rows {
        for column in Swift.stride(from: 0, to: work.columns, by: 4 * V.lanes) {
            let start = row * stride + column
            // Four sums hide the latency of the multiply-add.
            var sums = (V.zero, V.zero, V.zero, V.zero)
            for y in 0..<work.height {
                let line = work.picture + start + y * stride, values = work.template + y * work.width
                for x in 0..<work.width {
                    let value = V(repeating: values[x])
                    sums.0 = sums.0.adding(V.load(line + x), times: value)
                    sums.1 = sums.1.adding(V.load(line + x + V.lanes), times: value)
                    sums.2 = sums.2.adding(V.load(line + x + 2 * V.lanes), times: value)
                    sums.3 = sums.3.adding(V.load(line + x + 3 * V.lanes), times: value)
                }
            }
            let output = work.output + start
            sums.0.store(output)
            sums.1.store(output + V.lanes)
            sums.2.store(output + 2 * V.lanes)
            sums.3.store(output + 3 * V.lanes)
        }
    }
}
