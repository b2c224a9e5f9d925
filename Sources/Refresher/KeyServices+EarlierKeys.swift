import Handover
package import Secrets

extension KeyServices {
    /// How many versions before the newest one are looked at: a host that slept through more is for a person to look at.
    private static var lookBack: Int { 10 }

    /// Those of these keys that versions of the parameter before the newest one published; the newest are read first.
    ///
    /// Throws when a version could not be read: then it is not known of a key that it was never published.
    package func earlierKeys(
        among ids: Set<AccessKeyID>, of parameter: String, before newest: Int, with key: AccessKey
    ) async throws(ServiceFailure) -> Set<AccessKeyID> {
        var unknown = ids
        for number in stride(from: newest - 1, through: max(newest - Self.lookBack, 1), by: -1) where !unknown.isEmpty {
            do throws(ServiceFailure) {
                let version = try await self.parameter(parameter, version: number, with: key)
                guard let keys = try? PublishedKeys(parsing: version.value) else { continue }
                unknown.subtract([keys.new.id, keys.old?.id].compactMap(\.self))
            } catch {
                // The Parameter Store keeps the newest hundred versions.
                guard error.kind == .notFound else { throw error }
                break
            }
        }
        return ids.subtracting(unknown)
    }
}
