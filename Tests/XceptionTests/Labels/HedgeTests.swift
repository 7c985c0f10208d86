import ModelFiles
import Testing
import Xception

struct HedgeTests {
    /// Two breeds, a cat, a car, and a class that WordNet lacks.
    private static let classes = [
        ClassLabel(id: "n02099601", label: "golden retriever"), ClassLabel(id: "n02099712", label: "Labrador retriever"),
        ClassLabel(id: "n02123045", label: "tabby"), ClassLabel(id: "n04285008", label: "sports car"),
        ClassLabel(id: "ours", label: "my cup"),
    ]

    private static func concepts(_ activation: HeadActivation = .softmax) -> HeadConcepts {
        HeadConcepts(classes, activation: activation)!
    }

    @Test(arguments: [
        (Float(0.5), "retriever"), (0.8, "retriever"), (0.92, "mammal"), (0.97, "something"), (1, "something"), (0, "golden retriever"),
    ])
    func theMostSpecificConceptThatIsProbableEnough(minimum: Float, label: String) {
        let hedge = Self.concepts().hedge([0.45, 0.4, 0.1, 0.03, 0.02], reaching: minimum)
        #expect(hedge.concept.label == label)
    }

    @Test func pathsAndSums() {
        let hedge = Self.concepts().hedge([0.45, 0.4, 0.1, 0.03, 0.02], reaching: 0.8)
        #expect(hedge.concept.path == ["animal", "mammal", "canine", "dog", "gun dog", "retriever"])
        #expect(abs(hedge.probability - 0.85) < 1e-6)
        #expect(hedge.concept.classes == [0, 1])
    }

    @Test func aSureClassIsItsOwnAnswer() {
        let hedge = Self.concepts().hedge([0.01, 0.01, 0.97, 0.01, 0], reaching: 0.8)
        #expect(hedge.concept.label == "tabby")
        #expect(hedge.concept.path == ["animal", "mammal", "feline", "cat", "tabby"])
    }

    /// Sums of independent probabilities mean nothing: a photo may well show a dog and a car.
    @Test func classesThatDoNotExcludeEachOther() {
        let concepts = Self.concepts(.sigmoid)
        guard case .found(let dog) = concepts.find("dog") else { fatalError("a dog is in the tree") }
        #expect(concepts.probability(of: dog, in: [0.6, 0.7, 0.1, 0.9, 0]) == 0.7)
        #expect(concepts.hedge([0.6, 0.7, 0.1, 0.9, 0], reaching: 0.8).concept.label == "sports car")
    }

    @Test func aClassThatWordNetLacks() {
        let hedge = Self.concepts().hedge([0, 0, 0, 0.1, 0.9], reaching: 0.8)
        #expect(hedge.concept.label == "my cup")
        #expect(hedge.concept.path == ["my cup"])
    }

    @Test func aHeadWithoutWordNetIDsHasNoConcepts() {
        #expect(HeadConcepts([ClassLabel(id: "0", label: "dog")], activation: .softmax) == nil)
    }
}
