/// The nearest of several names to a misspelled one.
enum Suggestion {
    /// Returns the nearest name.
    ///
    /// - Returns: nil if none is near: within two edits, or one in a word of up to four letters.
    static func nearest(to word: String, among names: [String]) -> String? {
        let limit = word.count > 4 ? 2 : 1
        return names.map { (name: $0, distance: distance($0, word)) }.filter { $0.distance <= limit }
            .min { $0.distance < $1.distance }?.name
    }

    /// Returns the number of letters to insert, remove or replace to turn one word into the other (Levenshtein).
    static func distance(_ word: String, _ other: String) -> Int {
        var row = Array(0...other.count)
        for (i, letter) in word.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, otherLetter) in other.enumerated() {
                (diagonal, row[j + 1]) = (
                    row[j + 1], min(row[j] + 1, row[j + 1] + 1, diagonal + (letter == otherLetter ? 0 : 1))
                )
            }
        }
        return row[other.count]
    }
}
