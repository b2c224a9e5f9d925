import Console
import Handover

/// A program that was started long ago and, by what it says of itself, uses the key of a target: it goes on with the key
/// that it read at its start, as botocore and most SDKs do, and stops working when that one is deactivated.
struct LongRunningProgram: Sendable, Equatable {
    /// A place where a key is kept for programs.
    struct Place: Sendable, Equatable {
        let user: UserName
        let path: String
        let format: String
        let profile: String
        /// What the place holds; nil when it was not read.
        let keyID: String?
    }

    /// Clients that are started once and stay: mounts, replicators, backup servers.
    private static let clients: Set<String> = [
        "aws", "geesefs", "goofys", "juicefs", "kopia", "litestream", "mc", "mount-s3", "rclone", "restic", "s3fs",
    ]
    /// What is younger may be a job that ends by itself.
    private static let minimumAge = Duration.seconds(86_400)
    private static let mostReported = 10

    let process: RunningProcess
    let place: Place

    static func find(
        among processes: [RunningProcess], using places: [Place], olderThan age: Duration?
    ) -> [LongRunningProgram] {
        let minimum = min(age ?? minimumAge, minimumAge)
        let found = processes.lazy.filter { $0.age >= minimum }.compactMap { process in
            places.first { uses($0, process) }.map { LongRunningProgram(process: process, place: $0) }
        }
        return Array(found.prefix(mostReported))
    }

    /// Only by what the process itself says; a program that reads its file by another way is not found.
    private static func uses(_ place: Place, _ process: RunningProcess) -> Bool {
        if process.arguments.dropFirst().contains(where: { $0 == place.path || $0.hasSuffix("=\(place.path)") }) {
            return true
        }
        guard let environment = process.environment else { return false }
        if let id = place.keyID, environment["AWS_ACCESS_KEY_ID"] == id { return true }
        switch place.format {
        case "aws-credentials":
            let file =
                environment["AWS_SHARED_CREDENTIALS_FILE"] ?? environment["HOME"].map { "\($0)/.aws/credentials" }
            // That a program has a home directory alone says nothing of what it does.
            let isAbout =
                environment["AWS_PROFILE"] != nil || environment["AWS_SHARED_CREDENTIALS_FILE"] != nil
                || clients.contains(process.name)
            return isAbout && file == place.path && environment["AWS_PROFILE", default: "default"] == place.profile
        case "rclone":
            return environment["RCLONE_CONFIG"] == place.path
                || process.name == "rclone"
                    && environment["HOME"].map { "\($0)/.config/rclone/rclone.conf" } == place.path
        default: return false
        }
    }

    var finding: Finding {
        let place = "\(place.path)\(place.profile.isEmpty ? "" : ", profile \(place.profile)")"
        return .warning(
            .program, "\(process.name) (process \(process.id))",
            "has run for \(process.age.inWords) and uses the key in \(place); most programs keep the key they were "
                + "started with, and fail once it is deactivated",
            mend: "give the target a hook that restarts it; or, if it reads ~/.aws/config, let it use a profile with "
                + "credential_process = keybaton-agent credentials --user \(self.place.user)")
    }
}
