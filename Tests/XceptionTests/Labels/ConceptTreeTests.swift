import Testing
import Xception

/// The resource, beside the classes of the shipped head.
struct ConceptTreeTests {
    private static let head = ShippedModel.head
    private static let concepts = HeadConcepts(head.classes, activation: head.activation)!

    private static func classes(below name: String) throws -> Set<String> {
        guard case .found(let concept) = concepts.find(name) else {
            Issue.record("there is no concept \(name)")
            return []
        }
        return Set(concept.classes.map { head.classes[$0].label })
    }

    /// Common queries of photo libraries, with classes that they include, and classes that they do not.
    @Test(arguments: [
        ("animal", ["tabby", "goldfish", "ant", "king penguin", "starfish"], ["teddy", "hotdog", "daisy"]),
        ("dog", ["golden retriever", "Chihuahua", "Siberian husky", "dalmatian"], ["timber wolf", "red fox", "hotdog"]),
        ("cat", ["tabby", "Siamese cat", "Egyptian cat"], ["lion", "lynx", "Madagascar cat"]),
        ("bird", ["robin", "hen", "ostrich", "bald eagle", "king penguin"], ["birdhouse", "airliner"]),
        ("fish", ["goldfish", "great white shark", "anemone fish"], ["crayfish", "grey whale", "jellyfish"]),
        ("insect", ["bee", "ladybug", "monarch", "mantis"], ["tarantula", "scorpion", "snail"]),
        ("reptile", ["Komodo dragon", "boa constrictor", "loggerhead", "African crocodile"], ["bullfrog", "eel"]),
        ("flower", ["daisy", "yellow lady's slipper"], ["vase", "cauliflower"]),
        ("plant", ["daisy", "rapeseed", "corn", "acorn", "pot"], ["agaric", "lumbermill"]),
        ("food", ["pizza", "cheeseburger", "hotdog", "ice cream", "banana", "broccoli", "bagel"], ["hay", "menu", "plate rack"]),
        ("fruit", ["banana", "strawberry", "lemon", "Granny Smith"], ["cucumber", "acorn"]),
        ("drink", ["espresso", "red wine", "eggnog"], ["guacamole", "consomme"]),
        ("vehicle", ["sports car", "trolleybus", "canoe", "airliner", "mountain bike", "steam locomotive"], ["shopping cart"]),
        ("car", ["convertible", "cab", "minivan", "pickup"], ["passenger car", "car mirror", "trolleybus"]),
        ("bus", ["school bus", "minibus", "trolleybus"], ["bullet train", "minivan"]),
        ("boat", ["canoe", "container ship", "catamaran", "submarine"], ["airship", "space shuttle", "boathouse"]),
        ("aircraft", ["airliner", "warplane", "balloon", "airship"], ["aircraft carrier", "parachute"]),
        ("building", ["church", "barn", "castle", "library", "mosque"], ["suspension bridge", "fountain"]),
        ("furniture", ["desk", "rocking chair", "bookcase", "four-poster", "studio couch"], ["toilet seat", "doormat"]),
        ("clothing", ["jean", "cowboy hat", "running shoe", "sweatshirt", "bikini", "sunglasses"], ["umbrella", "seat belt"]),
        ("musical instrument", ["violin", "grand piano", "drum", "sax", "electric guitar"], ["loudspeaker", "radio"]),
        ("tool", ["hammer", "screwdriver", "chain saw", "shovel"], ["syringe", "wok"]),
        ("ball", ["tennis ball", "soccer ball", "volleyball"], ["balloon", "puck"]),
        ("sport", ["tennis ball", "racket", "ski", "ballplayer", "barbell"], ["sports car", "carousel"]),
        ("landscape", ["alp", "valley", "lakeside", "geyser", "coral reef"], ["greenhouse", "patio"]),
        ("beach", ["seashore", "sandbar"], ["beach wagon", "bikini"]),
        ("mountain", ["alp", "volcano"], ["mountain bike", "mountain tent"]),
    ])
    func whatPeopleAskFor(concept: String, held: [String], notHeld: [String]) throws {
        let classes = try Self.classes(below: concept)
        let labels = Set(Self.head.classes.map(\.label))
        for label in held + notHeld { #expect(labels.contains(label), "no class is called \(label)") }
        for label in held { #expect(classes.contains(label), "\(concept) lacks \(label)") }
        for label in notHeld { #expect(!classes.contains(label), "\(concept) holds \(label)") }
    }

    @Test func everyClassHasAPlaceBelowAConceptThatPeopleKnow() {
        let classes = Self.concepts.concepts.filter { $0.classes.count == 1 && $0.path.count == 1 }
        #expect(classes.isEmpty, "straight below the root: \(classes.map(\.label))")
        #expect(Self.concepts.concepts[0].classes == Array(Self.head.classes.indices))
    }

    @Test func aConceptHoldsWhatIsBelowIt() {
        let concepts = Dictionary(uniqueKeysWithValues: Self.concepts.concepts.map { ($0.id, Set($0.classes)) })
        for concept in Self.concepts.concepts {
            for parent in concept.parents { #expect(concepts[parent]!.isSuperset(of: concept.classes)) }
        }
    }

    /// A keyword cannot be taken back if a separator of keywords stands in it.
    @Test func noLabelHasASeparatorOfKeywords() {
        for concept in Self.concepts.concepts { #expect(!concept.label.contains { "|/,;".contains($0) }, "\(concept.label)") }
    }

    @Test(arguments: [
        ("n02084071", "n02084071"), ("dog", "n02084071"), ("Dog", "n02084071"), ("golden_retriever", "n02099601"),
        ("automobile", "n02958343"), ("Alsatian", "n02106662"), ("cardigan", "n02963159"), ("Cardigan", "n02113186"),
        // A class each, and a concept that people mean.
        ("amphibian", "n01627424"), ("mushroom", "n12992868"), ("plane", "n03510583"),
    ])
    func names(name: String, id: String) throws {
        guard case .found(let concept) = Self.concepts.find(name) else { throw MissingConcept(name: name) }
        #expect(concept.id == id)
    }

    @Test func namesThatDecideNothing() {
        guard case .ambiguous(let concepts) = Self.concepts.find("CARDIGAN") else {
            Issue.record("a dog and a garment")
            return
        }
        #expect(Set(concepts.map(\.id)) == ["n02963159", "n02113186"])
        #expect(Self.concepts.find("unicorn") == .unknown)
        #expect(Self.concepts.find("") == .unknown)
    }

    private struct MissingConcept: Error { let name: String }
}
