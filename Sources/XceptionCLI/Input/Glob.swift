import Platform

/// A shell's pattern for names and paths.
///
/// `*` and `?` stand for any characters and any character but `/`, `**` for any directories, `[a-z]` and `[!a-z]` for a
/// character in or not in a set, `{jpg,png}` for one of several patterns; a backslash makes the next character literal.
/// A pattern without `/` is compared with a name, one with `/` with the path below the searched directory; one that
/// ends in `/` matches only directories.
struct Glob: Sendable {
    private enum Token: Sendable, Equatable {
        case scalar(Unicode.Scalar)
        case anyScalar
        case anyName
        case anyPath
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    struct SyntaxError: Error, CustomStringConvertible {
        let description: String
    }

    /// The pattern without braces, and with and without each `**/`.
    private let alternatives: [[Token]]
    private let matchesPaths: Bool
    private let matchesDirectoriesOnly: Bool

    private static let maximumAlternatives = 1000

    /// Parses a pattern.
    ///
    /// - Throws: ``SyntaxError``.
    init(_ pattern: String) throws {
        var scalars = Array(pattern.unicodeScalars)[...]
        guard !scalars.isEmpty else { throw SyntaxError(description: "the pattern is empty") }
        matchesDirectoriesOnly = scalars.count > 1 && scalars.last == "/"
        if matchesDirectoriesOnly { scalars.removeLast() }
        matchesPaths = scalars.contains("/")
        if scalars.first == "/" { scalars.removeFirst() }
        alternatives = try Self.expanded(scalars).map { try Self.tokens($0) }
    }

    /// Returns true if the pattern matches.
    ///
    /// - Parameters:
    ///   - name: the file's name.
    ///   - path: the path below the searched directory.
    func matches(name: FilePath, path: FilePath, isDirectory: Bool) -> Bool {
        guard isDirectory || !matchesDirectoriesOnly else { return false }
        let text = Array((matchesPaths ? path : name).argument.unicodeScalars)
        return alternatives.contains { Self.matches($0, text) }
    }

    /// Returns the patterns without braces and `**/` that a pattern stands for.
    private static func expanded(_ pattern: ArraySlice<Unicode.Scalar>) throws -> [[Unicode.Scalar]] {
        var heads: [[Unicode.Scalar]] = [[]]
        var rest = pattern
        while let scalar = rest.first {
            if rest.starts(with: "**/".unicodeScalars), heads.allSatisfy({ $0.isEmpty || $0.last == "/" }) {
                rest.removeFirst(3)
                heads += heads.map { $0 + "**/".unicodeScalars }
            } else if scalar == "{" {
                let (choices, length) = try choices(rest)
                rest.removeFirst(length)
                heads = heads.flatMap { head in choices.map { head + $0 } }
            } else {
                // The content of a bracket, and a character after a backslash, is copied unchanged.
                let length = try scalar == "\\" ? min(2, rest.count) : scalar == "[" ? bracketLength(rest) : 1
                heads = heads.map { $0 + rest.prefix(length) }
                rest.removeFirst(length)
            }
            guard heads.count <= maximumAlternatives else {
                throw SyntaxError(description: "it stands for too many patterns")
            }
        }
        return heads
    }

    /// Returns the choices of the braces at the beginning, and the braces' length.
    private static func choices(_ pattern: ArraySlice<Unicode.Scalar>) throws -> ([[Unicode.Scalar]], Int) {
        var choices: [ArraySlice<Unicode.Scalar>] = []
        var depth = 0
        var start = pattern.startIndex + 1
        var index = pattern.startIndex
        while index < pattern.endIndex {
            switch pattern[index] {
            case "\\": index += 1
            case "[": index += try bracketLength(pattern[index...]) - 1
            case "{": depth += 1
            case ",":
                guard depth == 1 else { break }
                choices.append(pattern[start..<index])
                start = index + 1
            case "}":
                depth -= 1
                guard depth == 0 else { break }
                choices.append(pattern[start..<index])
                return (try choices.flatMap { try expanded($0) }, index + 1 - pattern.startIndex)
            default: break
            }
            index += 1
        }
        throw SyntaxError(description: "'{' has no '}'")
    }

    private static func bracketLength(_ pattern: ArraySlice<Unicode.Scalar>) throws -> Int {
        // A closing bracket in first place is a member.
        let members = pattern.dropFirst().first.map { $0 == "!" || $0 == "^" } == true ? 2 : 1
        guard let end = pattern.dropFirst(members + 1).firstIndex(of: "]") else {
            throw SyntaxError(description: "'[' has no ']'")
        }
        return end + 1 - pattern.startIndex
    }

    private static func tokens(_ pattern: [Unicode.Scalar]) throws -> [Token] {
        var tokens: [Token] = []
        var rest = pattern[...]
        while let scalar = rest.first {
            var length = 1
            switch scalar {
            case "\\":
                guard rest.count > 1 else { throw SyntaxError(description: "nothing follows the last backslash") }
                tokens.append(.scalar(rest[rest.startIndex + 1]))
                length = 2
            case "?": tokens.append(.anyScalar)
            case "*":
                let isDouble = rest.dropFirst().first == "*"
                tokens.append(isDouble ? .anyPath : .anyName)
                length = isDouble ? 2 : 1
            case "[":
                length = try bracketLength(rest)
                tokens.append(try set(rest.prefix(length).dropFirst().dropLast()))
            default: tokens.append(.scalar(scalar))
            }
            rest.removeFirst(length)
        }
        return tokens
    }

    /// Parses a set of characters.
    ///
    /// - Parameter members: the text between the brackets.
    private static func set(_ members: ArraySlice<Unicode.Scalar>) throws -> Token {
        let isNegated = members.first == "!" || members.first == "^"
        var rest = isNegated ? members.dropFirst() : members
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let first = rest.popFirst() {
            guard rest.count >= 2, rest.first == "-" else {
                ranges.append(first...first)
                continue
            }
            rest.removeFirst()
            let last = rest.removeFirst()
            guard first <= last else {
                throw SyntaxError(description: "'\(first)-\(last)' is a range from the end to the beginning")
            }
            ranges.append(first...last)
        }
        return .set(ranges, isNegated: isNegated)
    }

    /// Follows all paths through the pattern at once.
    ///
    /// - Complexity: the product of both lengths, for any pattern.
    private static func matches(_ tokens: [Token], _ text: [Unicode.Scalar]) -> Bool {
        var places: Set<Int> = []
        func add(_ place: Int) {
            guard places.insert(place).inserted, place < tokens.count else { return }
            // Stars may match nothing.
            if tokens[place] == .anyName || tokens[place] == .anyPath { add(place + 1) }
        }
        add(0)
        for scalar in text {
            let before = places
            places = []
            for place in before where place < tokens.count {
                switch tokens[place] {
                case .scalar(scalar): add(place + 1)
                case .scalar: break
                case .anyScalar: if scalar != "/" { add(place + 1) }
                case .anyName: if scalar != "/" { add(place) }
                case .anyPath: add(place)
                case .set(let ranges, let isNegated):
                    if scalar != "/", ranges.contains(where: { $0.contains(scalar) }) != isNegated { add(place + 1) }
                }
            }
            if places.isEmpty { return false }
        }
        return places.contains(tokens.count)
    }
}
