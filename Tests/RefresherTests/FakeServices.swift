import FoundationEssentials
import Handover
import Refresher
import Secrets
import Synchronization

/// AWS as far as a run sees it, in memory: parameters with versions, keys with owners, check-ins.
final class FakeServices: KeyServices {
    enum Operation: Hashable, CaseIterable {
        case parameter, principal, put
    }

    struct Call: Hashable {
        let operation: Operation
        let key: AccessKeyID
        var version: Int?
    }

    struct State {
        /// The first is version 1.
        var versions: [Secret] = []
        var writtenAt: Date?
        var owners: [AccessKey: String] = [:]
        var inactive: Set<AccessKeyID> = []
        var calls: [Call] = []
        /// Asked before each call, with how many of this operation there were.
        var failure: @Sendable (Call, Int) -> ServiceFailure.Kind? = { _, _ in nil }
        var checkIns: [String: SignedCheckIn] = [:]
        var skew: Duration?
    }

    let state = Mutex(State())

    var clockSkew: Duration? { state.withLock { $0.skew } }
    var calls: [Call] { state.withLock { $0.calls } }

    func parameter(
        _ name: String, version: Int?, with key: AccessKey
    ) async throws(ServiceFailure) -> ParameterVersion {
        try enter(.parameter, key, version)
        let (versions, writtenAt) = state.withLock { ($0.versions, $0.writtenAt) }
        let number = version ?? versions.count
        guard versions.indices.contains(number - 1) else { throw ServiceFailure(.notFound, "no version \(number)") }
        return ParameterVersion(value: versions[number - 1], number: number, writtenAt: writtenAt)
    }

    func principal(of key: AccessKey) async throws(ServiceFailure) -> Principal {
        try enter(.principal, key)
        return Principal(arn: state.withLock { $0.owners[key] } ?? "")
    }

    func put(_ checkIn: SignedCheckIn, as name: String, with key: AccessKey) async throws(ServiceFailure) {
        try enter(.put, key)
        state.withLock { $0.checkIns[name] = checkIn }
    }

    private func enter(_ operation: Operation, _ key: AccessKey, _ version: Int? = nil) throws(ServiceFailure) {
        let kind = state.withLock { state -> ServiceFailure.Kind? in
            let call = Call(operation: operation, key: key.id, version: version)
            state.calls.append(call)
            if let kind = state.failure(call, state.calls.count { $0.operation == operation }) { return kind }
            if let known = state.owners.keys.first(where: { $0.id == key.id }), known != key { return .wrongSecret }
            return state.owners[key] == nil || state.inactive.contains(key.id) ? .keyNotAccepted : nil
        }
        if let kind { throw ServiceFailure(kind, "\(operation) failed") }
    }
}
