/// Reads comma-separated values of RFC 4180 and of spreadsheets: quoted fields, any line ends, a byte order mark.
enum CSVReader {
    /// Returns the rows, without empty ones.
    ///
    /// - Parameter bytes: UTF-8; invalid bytes become U+FFFD.
    static func rows(_ bytes: [UInt8]) -> [[[UInt8]]] {
        var rows: [[[UInt8]]] = []
        var row: [[UInt8]] = []
        var field: [UInt8] = []
        var isQuoted = false
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func endRow() {
            row.append(field)
            if row != [[]] { rows.append(row) }
            (row, field) = ([], [])
        }
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\"") where isQuoted:
                if position < bytes.count, bytes[position] == byte {
                    field.append(byte)
                    position += 1
                } else {
                    isQuoted = false
                }
            case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
            case UInt8(ascii: ",") where !isQuoted:
                row.append(field)
                field = []
            case UInt8(ascii: "\r") where !isQuoted && position < bytes.count && bytes[position] == UInt8(ascii: "\n"):
                break
            case UInt8(ascii: "\n") where !isQuoted, UInt8(ascii: "\r") where !isQuoted: endRow()
            default: field.append(byte)
            }
        }
        if !row.isEmpty || !field.isEmpty { endRow() }
        return rows
    }
}
