/// The number formats of a product's operands.
public enum Precision: String, Sendable, CaseIterable {
    case fp32
    /// bfloat16 operands, float sums.
    case bf16
    /// 8-bit operands with a scale per pixel and per output channel; 32-bit sums.
    case int8
}
