extension HeadConcepts {
    /// Returns the most specific concept that is probable enough: the one of fewest classes, hence of most information,
    /// log2(all classes / its classes) bits (Deng et al., "Hedging Your Bets", CVPR 2012). Ties go to the most
    /// probable.
    ///
    /// - Parameters:
    ///   - probabilities: one per class of the head.
    ///   - minimum: the least probability of a concept, 0 to 1. The root always reaches it.
    package func hedge(
        _ probabilities: [Float], reaching minimum: Float
    ) -> (concept: Concept, probability: Float) {
        var best = (concept: concepts[0], probability: probability(of: concepts[0], in: probabilities))
        for concept in concepts.dropFirst() where concept.classes.count <= best.concept.classes.count {
            let probability = probability(of: concept, in: probabilities)
            // A class, which comes later, is a better answer than a concept that holds it alone.
            if probability >= minimum
                && (concept.classes.count < best.concept.classes.count || probability >= best.probability)
            {
                best = (concept, probability)
            }
        }
        return best
    }
}
