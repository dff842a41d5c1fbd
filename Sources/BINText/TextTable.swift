/// Rows of cells in columns as wide as they need to be.
package struct TextTable {
    private var rows: [[String]] = []
    private let firstNumber: Int

    /// - Parameters:
    ///   - titles: the first row.
    ///   - firstNumber: from which column on cells stand to the right.
    package init(_ titles: [String], numbersFrom firstNumber: Int = .max) {
        rows.append(titles)
        self.firstNumber = firstNumber
    }

    package mutating func append(_ row: [String]) { rows.append(row) }

    /// The lines, without spaces at their ends; what could steer a terminal is shown as escapes.
    package func write(to output: OutputBuffer, indent: String = "") {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        for row in rows {
            var line = indent
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += column >= firstNumber ? padding + cell + "  " : cell + padding + "  "
            }
            while line.last == " " { line.removeLast() }
            FieldText(output: output).plain(Array(line.utf8).span.bytes)
            output.append("\n")
        }
    }
}
