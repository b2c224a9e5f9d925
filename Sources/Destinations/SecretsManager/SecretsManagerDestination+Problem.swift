import AWS

extension SecretsManagerDestination {
    /// What keeps the secret from being read or written, and what to do about it.
    func problem(_ error: any Error) -> DestinationProblem {
        switch error {
        case let problem as DestinationProblem: problem
        case let problem as SecretDocument.Problem: DestinationProblem("the secret \(secret) \(problem)")
        case let error as AWSError:
            if let sentence = sentence(for: error) {
                DestinationProblem("\(sentence) [Secrets Manager \(error.operation): \(error.code): \(error.message)]")
            } else {
                DestinationProblem("the secret \(secret): \(error)")
            }
        case is CancellationError: DestinationProblem("the secret \(secret): stopped in the middle; run again")
        default: DestinationProblem("the secret \(secret): \(error)")
        }
    }

    /// Nil where the error itself says what to do.
    private func sentence(for error: AWSError) -> String? {
        let message = error.message.lowercased()
        switch error.code {
        case "AccessDeniedException" where message.contains("kms"):
            return "the rotator may not use the KMS key of the secret \(secret): allow it kms:Decrypt and "
                + "kms:GenerateDataKey on that key"
        case "AccessDeniedException":
            return
                "the rotator may not do secretsmanager:\(error.operation) with the secret \(secret): allow it in its "
                + "policy; `keybaton policy rotator` prints what is needed"
        case "InvalidRequestException" where message.contains("delet"):
            return "the secret \(secret) is scheduled for deletion: restore it with `aws secretsmanager restore-secret "
                + "--secret-id \(secret)`, or configure another name"
        case "DecryptionFailure", "EncryptionFailure":
            return
                "KMS does not let the key of the secret \(secret) be used: enable the key, or give the secret another "
                + "one"
        case "InvalidParameterException" where error.operation == "UpdateSecretVersionStage",
            "ResourceExistsException":
            return "somebody else changed the secret \(secret) at the same time: the next run looks again"
        default: return nil
        }
    }
}
