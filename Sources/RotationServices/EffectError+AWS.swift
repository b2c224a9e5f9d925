import AWS
package import Rotation

/// Performs what changes something and sorts its failure: an answer that refuses is final, unless an earlier attempt was
/// lost; anything else may still take effect.
package func changing<Value>(_ body: () async throws -> Value) async throws(EffectError) -> Value {
    do {
        return try await body()
    } catch let error as AWSError {
        throw error.mayHaveTakenEffect ? .uncertain(error) : .refused(error)
    } catch is CancellationError {
        throw .uncertain(CancellationError())
    } catch {
        // Thrown before anything was sent: an endpoint, credentials, a name.
        throw .refused(error)
    }
}
