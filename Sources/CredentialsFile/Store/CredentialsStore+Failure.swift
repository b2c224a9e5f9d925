import HostSystem

extension CredentialsStore {
    func failure(_ reason: CredentialsStoreError.Reason) -> CredentialsStoreError {
        CredentialsStoreError(path: path, reason: reason)
    }

    func refusing<Result: ~Copyable>(
        _ body: () throws(SystemCallError) -> Result
    ) throws(CredentialsStoreError) -> Result {
        do {
            return try body()
        } catch {
            throw failure(.refused(error))
        }
    }

    func parsing<Result>(_ body: () throws(DocumentProblem) -> Result) throws(CredentialsStoreError) -> Result {
        do {
            return try body()
        } catch {
            throw failure(.problem(error))
        }
    }
}
