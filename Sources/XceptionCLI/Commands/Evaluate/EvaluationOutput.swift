import Platform

/// Recognises the outputs of `evaluate`: its document and its table.
enum EvaluationOutput: RecognizableOutput {
    static let schema = "xception.evaluate/1"
    static let csvHeader = "label,id,index,photos,predicted,right,precision,recall,f1"

    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool {
        guard let size = FileStatus(descriptor: descriptor)?.size else { return false }
        func starts(_ text: String) throws(SystemError) -> Bool {
            try readBytes(descriptor, at: 0, count: text.utf8.count) == Array(text.utf8)
        }
        func ends(_ text: String) throws(SystemError) -> Bool {
            let count = text.utf8.count
            guard size >= count else { return false }
            return try readBytes(descriptor, at: size - count, count: count) == Array(text.utf8)
        }
        if try starts("{\"schema\": \(JSONText.string(schema))") {
            // The list of mistakes comes last.
            let hasMistakes = try ends("}]}\n")
            return hasMistakes ? true : try ends("[]}\n")
        }
        guard try starts(csvHeader + "\n"), size <= 1 << 24 else { return false }
        let rows = CSVReader.rows(try readBytes(descriptor, at: 0, count: size))
        guard try ends("\n") else { return false }
        return rows.allSatisfy { $0.count == csvHeader.split(separator: ",").count }
    }
}
