import Refresher

extension AgentRun {
    /// What `execute` would do. Takes no lock and writes nothing.
    ///
    /// - Parameter isThorough: whether to prove NEW and to look at every line that would change, too.
    func rehearse(isThorough: Bool) async throws -> [Rehearsal] {
        let (host, state, services, opener) = try prepareRehearsal()
        var rehearsals: [Rehearsal] = []
        for key in configuration.keys {
            let record = state[user: key.user]
            rehearsals.append(
                await run(key, host, record?.principal, services, opener).rehearse(
                    owed: record?.owedHooks ?? HookDebt(), isThorough: isThorough))
        }
        return rehearsals
    }

    /// The same without the network: against what the last runs have read.
    func rehearseOffline() throws -> [Rehearsal] {
        let (host, state, services, opener) = try prepareRehearsal()
        return configuration.keys.map { key in
            let record = state[user: key.user]
            return run(key, host, record?.principal, services, opener).rehearse(
                owed: record?.owedHooks ?? HookDebt(),
                published: record?.runs.lazy.compactMap(\.publishedKeyID).first)
        }
    }

    private func prepareRehearsal() throws -> (HostDescription, AgentState, AWSKeyServices, TargetOpener) {
        let directory = StateDirectory(path: try configuration.stateDirectoryPath(for: user))
        let state = try loading { try directory.loadUnread() }
        return (try .current(configured: configuration.host), state, try makeServices(), TargetOpener(for: user))
    }
}
