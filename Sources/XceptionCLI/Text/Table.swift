import Platform

/// Rows with aligned columns.
enum Table {
    static func write(_ rows: [[String]], rightAligned: Set<Int> = []) throws(CommandError) {
        try StandardOutput.write(text(rows, rightAligned: rightAligned))
    }

    /// Returns the rows as text.
    ///
    /// - Parameter rightAligned: the numbers of the columns that hold numbers.
    static func text(_ rows: [[String]], rightAligned: Set<Int> = []) -> String {
        // Some cells come from files.
        let rows = rows.map { $0.map(\.printable) }
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? TerminalText.width($0[column]) : 0 }.max() ?? 0
        }
        var text = ""
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - TerminalText.width(cell))
                if rightAligned.contains(column) { return space + cell }
                return column == row.count - 1 ? cell : cell + space
            }
            text += cells.joined(separator: "  ") + "\n"
        }
        return text
    }
}
