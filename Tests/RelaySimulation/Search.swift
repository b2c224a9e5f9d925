/// What a breadth-first search found.
package struct SearchResult: Sendable {
    /// The shortest way to a violation, or to a state from which no faultless path ends the rotation.
    package struct Trace: Sendable {
        package var steps: [String]
        package var end: String

        package init(steps: [String], end: String) {
            self.steps = steps
            self.end = end
        }
    }

    package var states = 0
    /// The search stopped at its limit: what it says holds for the states it saw.
    package var isPartial = false
    package var violation: Trace?
    /// States from which the rotation cannot end without another fault.
    package var stuckStates = 0
    package var stuck: Trace?

    package init() {}

    package var isClean: Bool { violation == nil && stuckStates == 0 }
}

/// Looks at every reachable world, nearest first, so that the first violation found is a shortest one.
package struct Search {
    let simulation: Simulation

    package init(_ simulation: Simulation) {
        self.simulation = simulation
    }

    /// - Parameters:
    ///   - limit: of states, before the search gives up.
    ///   - checksProgress: also look for states from which the rotation cannot end.
    package func run(limit: Int, checksProgress: Bool = true) -> SearchResult {
        var result = SearchResult()
        let start = simulation.start()
        var graph = Graph(start: Fingerprint(start))
        var layer: [(index: Int32, world: World)] = [(0, start)]
        graph.note(0, isEnd: isEnd(start))
        while !layer.isEmpty {
            var next: [(index: Int32, world: World)] = []
            for (index, world) in layer {
                for (ordinal, move) in simulation.moves(of: world).enumerated() {
                    let reached: World?
                    do throws(Violation) {
                        reached = try simulation.apply(move, to: world)
                    } catch {
                        result.violation = trace(to: index, in: graph, then: move, end: "\(error)")
                        result.states = graph.count
                        return result
                    }
                    guard let reached else { continue }
                    let (target, isNew) = graph.add(Fingerprint(reached), from: index, ordinal: UInt16(ordinal))
                    if isNew {
                        graph.note(target, isEnd: isEnd(reached))
                        next.append((target, reached))
                    }
                    if checksProgress, simulation.isFaultless(move) { graph.addEdge(from: index, to: target) }
                }
            }
            layer = next
            if graph.count > limit {
                result.isPartial = true
                break
            }
        }
        result.states = graph.count
        if checksProgress, !result.isPartial, let stuck = graph.stuck() {
            result.stuckStates = stuck.count
            let world = replay(to: stuck.first, in: graph)
            result.stuck = trace(to: stuck.first, in: graph, then: nil, end: world.description)
        }
        return result
    }

    private func isEnd(_ world: World) -> Bool { simulation.isGoal(world) || simulation.isCut(world) }

    private func replay(to index: Int32, in graph: Graph) -> World {
        var world = simulation.start()
        for ordinal in graph.path(to: index) {
            let move = simulation.moves(of: world)[Int(ordinal)]
            world = (try? simulation.apply(move, to: world)) ?? world
        }
        return world
    }

    private func trace(to index: Int32, in graph: Graph, then last: Move?, end: String) -> SearchResult.Trace {
        var world = simulation.start()
        var steps: [String] = []
        for ordinal in graph.path(to: index) {
            let move = simulation.moves(of: world)[Int(ordinal)]
            steps.append(simulation.describe(move, in: world))
            world = (try? simulation.apply(move, to: world)) ?? world
        }
        if let last { steps.append(simulation.describe(last, in: world)) }
        return SearchResult.Trace(steps: steps, end: end)
    }
}

/// 64 bits stand for a world: with twenty million of them the chance that any two are alike is about 10⁻⁵.
private struct Fingerprint: Hashable {
    let value: Int

    init(_ world: World) {
        var hasher = Hasher()
        hasher.combine(world)
        value = hasher.finalize()
    }
}

private struct Graph {
    private var indices: [Fingerprint: Int32]
    private var parents: [Int32] = [-1]
    private var ordinals: [UInt16] = [0]
    private var ends: [Bool] = [false]
    private var sources: [Int32] = []
    private var targets: [Int32] = []

    init(start: Fingerprint) {
        indices = [start: 0]
    }

    var count: Int { parents.count }

    mutating func add(_ fingerprint: Fingerprint, from parent: Int32, ordinal: UInt16) -> (index: Int32, isNew: Bool) {
        if let known = indices[fingerprint] { return (known, false) }
        let index = Int32(parents.count)
        indices[fingerprint] = index
        parents.append(parent)
        ordinals.append(ordinal)
        ends.append(false)
        return (index, true)
    }

    mutating func note(_ index: Int32, isEnd: Bool) { ends[Int(index)] = isEnd }

    mutating func addEdge(from source: Int32, to target: Int32) {
        sources.append(source)
        targets.append(target)
    }

    func path(to index: Int32) -> [UInt16] {
        var path: [UInt16] = []
        var index = index
        while parents[Int(index)] >= 0 {
            path.append(ordinals[Int(index)])
            index = parents[Int(index)]
        }
        return path.reversed()
    }

    /// The states from which no path of edges leads to an end, nearest first; nil when there are none.
    func stuck() -> (first: Int32, count: Int)? {
        var heads = [Int32](repeating: -1, count: count)
        var nexts = [Int32](repeating: -1, count: sources.count)
        for edge in sources.indices {
            nexts[edge] = heads[Int(targets[edge])]
            heads[Int(targets[edge])] = Int32(edge)
        }
        var canEnd = ends
        var open = ends.indices.filter { ends[$0] }
        while let index = open.popLast() {
            var edge = heads[index]
            while edge >= 0 {
                let source = Int(sources[Int(edge)])
                if !canEnd[source] {
                    canEnd[source] = true
                    open.append(source)
                }
                edge = nexts[Int(edge)]
            }
        }
        let stuck = canEnd.indices.filter { !canEnd[$0] }
        return stuck.first.map { (Int32($0), stuck.count) }
    }
}
