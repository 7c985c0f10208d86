/// The function that turns a head's logits into probabilities.
package enum HeadActivation: String, Sendable {
    case softmax
    case sigmoid
}
