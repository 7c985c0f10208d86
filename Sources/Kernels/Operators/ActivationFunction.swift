/// The function applied to a layer's output. Each limits values to a range.
public enum ActivationFunction: Sendable, Hashable, CaseIterable {
    case none
    /// `max(x, 0)`
    case relu
    /// `min(max(x, 0), 6)`
    case relu6

    /// The least and the largest value it returns.
    @inlinable public var range: (floor: Float, ceiling: Float) {
        switch self {
        case .none: (-.infinity, .infinity)
        case .relu: (0, .infinity)
        case .relu6: (0, 6)
        }
    }
}

/// An activation function in registers.
@usableFromInline
struct ActivationRange<V: FloatVector> {
    @usableFromInline let floor: V
    @usableFromInline let ceiling: V

    @_alwaysEmitIntoClient @inline(__always)
    init(_ activation: ActivationFunction) {
        let range = activation.range
        floor = V(repeating: range.floor)
        ceiling = V(repeating: range.ceiling)
    }

    /// The nearest value in the range; NaN stays NaN, which depends on the order of the arguments.
    @_alwaysEmitIntoClient @inline(__always)
    func clamp(_ value: V) -> V { V.minimum(ceiling, V.maximum(floor, value)) }
}
