import Console
import FoundationEssentials
import Handover
import Rotation
import Secrets

/// What was found at the name of a check-in, fit to be shown.
enum CheckInReport: Hashable, Sendable {
    case said(StatusReport.HostDetails, problem: CheckIn.Problem?)
    /// It is not what an agent writes, and says so in its place.
    case unusable(CheckIn.Problem)

    /// Reads a body of which nothing is trusted: the dashboard knows no secret, so it cannot verify the proof.
    init(_ object: ReadObject, of host: HostID, user: UserName, key: String, limits: Limits) {
        guard case .body(let body, _) = object else {
            self.init(unusable: .tooLarge)
            return
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let checkIn = try? decoder.decode(CheckIn.self, from: Data(body)) else {
            self.init(unusable: .malformed)
            return
        }
        guard checkIn.format == CheckIn.format else {
            self.init(unusable: .unknownFormat(checkIn.format))
            return
        }
        guard checkIn.host == host, checkIn.user == user, checkIn.keyID.description == key else {
            self.init(unusable: .saysOtherThanItsName)
            return
        }
        var details = StatusReport.HostDetails(checkIn, verified: false)
        details.agentVersion = details.agentVersion.shown(limits)
        details.operatingSystem = details.operatingSystem.shown(limits)
        details.architecture = details.architecture.shown(limits)
        // No number of JSON is one of these, but a decoder may differ, and they would break every page's arithmetic.
        details.clockSkew = details.clockSkew.flatMap { $0.isFinite ? $0 : nil }
        var short = limits
        short.text = limits.targetText
        details.targets = details.targets.prefix(limits.targets).map { [short] in
            CheckIn.Target(
                path: $0.path.shown(short), profile: $0.profile.shown(short), format: $0.format.shown(short),
                keyID: $0.keyID, problem: $0.problem?.shown(short))
        }
        self = .said(details, problem: checkIn.problem?.shown(limits))
    }

    private init(unusable error: CheckInError) {
        self = .unusable(CheckIn.Problem(code: "check-in-refused", message: "\(error)"))
    }

    var details: StatusReport.HostDetails? {
        if case .said(let details, _) = self { details } else { nil }
    }

    /// Bytes that it takes in memory, about.
    var size: Int {
        let texts = [details?.agentVersion, details?.operatingSystem, details?.architecture].compactMap(\.self)
        let targets = details?.targets ?? []
        return 512 + (problem?.size ?? 0) + texts.reduce(0) { $0 + $1.utf8.count }
            + targets.reduce(0) {
                $0 + 128 + $1.path.utf8.count + $1.profile.utf8.count + $1.format.utf8.count + ($1.problem?.size ?? 0)
            }
    }

    var problem: CheckIn.Problem? {
        switch self {
        case .said(_, let problem): problem
        case .unusable(let problem): problem
        }
    }
}

extension String {
    /// Without what a terminal or a page could misread, and no longer than a person reads.
    func shown(_ limits: Limits) -> String {
        let text = printable
        guard text.utf8.count > limits.text, text.unicodeScalars.count > limits.text else { return text }
        return String(text.unicodeScalars.prefix(limits.text)) + "…"
    }
}

extension CheckIn.Problem {
    fileprivate var size: Int { code.utf8.count + message.utf8.count }

    func shown(_ limits: Limits) -> CheckIn.Problem {
        CheckIn.Problem(code: code.shown(limits), message: message.shown(limits))
    }
}
