/// The arithmetic of a forward pass.
public enum Precision: String, Sendable, CaseIterable {
    case fp32
}
