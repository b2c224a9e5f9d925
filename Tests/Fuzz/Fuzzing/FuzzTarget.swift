import CredentialsFile

private let profile = try? ProfileName("default")

/// What is fed with anything at all: everything that reads bytes which somebody else wrote.
///
/// A target traps when a promise does not hold, which both the fuzzer and the replay of its corpus see.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case awsCredentials = "aws-credentials"
    case awsConfig = "aws-config"
    case environment = "env"
    case rclone
    case s3cfg
    case json
    case publishedText = "published-text"
    case checkIn = "check-in"
    case legacyAck = "legacy-ack"
    case journal
    case noticeBook = "notice-book"
    case agentConfiguration = "agent-configuration"
    case rotatorConfiguration = "rotator-configuration"
    case xml
    case errorAnswer = "error-answer"
    case address
    case secret
    case outfile

    package func run(_ bytes: [UInt8]) {
        switch self {
        case .awsCredentials: fuzz(bytes, profile.map { .awsCredentials($0) })
        case .awsConfig: fuzz(bytes, profile.map { .awsConfig($0) })
        case .environment: fuzz(bytes, .environment(id: .accessKeyID, secret: .secretAccessKey))
        case .rclone: fuzz(bytes, profile.map { .rclone(remote: $0) })
        case .s3cfg: fuzz(bytes, .s3cfg)
        case .json: fuzz(bytes, .json)
        case .publishedText: fuzzPublishedText(bytes)
        case .checkIn: fuzzCheckIn(bytes)
        case .legacyAck: fuzzLegacyAck(bytes)
        case .journal: fuzzJournal(bytes)
        case .noticeBook: fuzzNoticeBook(bytes)
        case .agentConfiguration: fuzzAgentConfiguration(bytes)
        case .rotatorConfiguration: fuzzRotatorConfiguration(bytes)
        case .xml: fuzzXML(bytes)
        case .errorAnswer: fuzzErrorAnswer(bytes)
        case .address: fuzzAddress(bytes)
        case .secret: fuzzSecret(bytes)
        case .outfile: fuzzOutfile(bytes)
        }
    }
}
