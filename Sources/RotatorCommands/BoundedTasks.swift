extension Collection where Self: Sendable, Element: Sendable {
    /// The results in the order of the elements, however long each takes.
    ///
    /// - Parameter width: how many at one time: fewer requests a second than would make AWS throttle everybody, more than
    ///   would make a run wait for one slow answer after the other.
    func mapConcurrently<Result: Sendable>(
        width: Int = 8, _ transform: @escaping @Sendable (Element) async -> Result
    ) async -> [Result] {
        await withTaskGroup(of: (Int, Result).self) { group in
            var waiting = enumerated().makeIterator()
            var results: [(index: Int, value: Result)] = []
            for _ in 0..<width {
                guard let (index, element) = waiting.next() else { break }
                group.addTask { (index, await transform(element)) }
            }
            while let result = await group.next() {
                results.append(result)
                if let (index, element) = waiting.next() {
                    group.addTask { (index, await transform(element)) }
                }
            }
            return results.sorted { $0.index < $1.index }.map(\.value)
        }
    }
}
