/// Columns of plain text, as wide as their widest cell.
package struct Table: Sendable {
    private let header: [String]
    private var rows: [[String]] = []

    package init(_ header: String...) {
        self.header = header
    }

    /// Cells are made printable: some come from hosts.
    package mutating func add(_ cells: String...) {
        rows.append(cells.map(\.printable))
    }

    package var isEmpty: Bool { rows.isEmpty }

    package var lines: [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }
}
