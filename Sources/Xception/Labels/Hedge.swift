extension HeadConcepts {
    /// The most specific concept that is probable enough: the one of fewest classes, hence of most information,
    /// log2(all classes / its classes) bits (Deng et al., "Hedging Your Bets", CVPR 2012). Of several, the most probable.
    ///
    /// - Parameters:
    ///   - probabilities: one for each class of the head.
    ///   - minimum: what a concept's probability must reach, 0 to 1. The root always does.
    package func hedge(
        _ probabilities: [Float], reaching minimum: Float
    ) -> (concept: Concept, probability: Float) {
        var best = (concept: concepts[0], probability: probability(of: concepts[0], in: probabilities))
        for concept in concepts.dropFirst() where concept.classes.count <= best.concept.classes.count {
            let probability = probability(of: concept, in: probabilities)
            // A class is the better answer than a concept that holds it alone, and comes later.
            if probability >= minimum && (concept.classes.count < best.concept.classes.count || probability >= best.probability) {
                best = (concept, probability)
            }
        }
        return best
    }
}
