import Console
import CredentialsFile
import HTTPTransport
import Handover
import HostSystem
import Refresher

/// What a configuration's values must be beyond their types.
struct ConfigurationCheck {
    let path: String
    let user: RunningUser

    func region(_ text: String) throws(CommandFailure) -> String {
        guard isName(text, 1...64, also: "-") else {
            throw failure("region: `\(text)` is not the name of a region; one looks like eu-west-1")
        }
        return text
    }

    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    func bucket(_ text: String) throws(CommandFailure) -> String {
        guard isName(text, 3...63, also: "-."), text.first != "-", text.first != "." else {
            throw failure("bucket: `\(text)` is not the name of a bucket: 3 to 63 of a-z 0-9 - .")
        }
        return text
    }

    /// Nil for nil.
    func absolute(_ text: String?, _ name: String) throws(CommandFailure) -> String? {
        guard let path = text else { return nil }
        let checked: String = try absolute(path, name)
        return checked
    }

    func absolute(_ text: String, _ name: String) throws(CommandFailure) -> String {
        guard let path = user.expand(text), !path.utf8.contains(0), !path.hasSuffix("/") else {
            throw failure("\(name): `\(text)` is not an absolute path, or one below ~/")
        }
        return path
    }

    /// The path of what stands beside the configuration.
    func besideIt(_ name: String) throws(CommandFailure) -> String {
        do {
            let path = try absolutePath(path)
            return path[...(path.lastIndex(of: "/") ?? path.startIndex)] + name
        } catch {
            throw failure("where it lies cannot be seen (\(error)); give --config with the whole path")
        }
    }

    /// Counted from 1.
    func key(_ key: AgentDocument.Key, number: Int) throws(CommandFailure) -> AgentConfiguration.Key {
        let name = "key \(number) (\(key.user))"
        guard let parameter = key.parameter ?? key.user.defaultParameter else {
            throw failure(
                "\(name): parameter is missing; the user's name has characters that no parameter's name may have, so "
                    + "there is no default")
        }
        // A colon would select a version, which would never change again.
        guard (1...2048).contains(parameter.utf8.count), isName(parameter.lowercased(), 1...2048, also: "/_.-") else {
            throw failure("\(name): parameter: `\(parameter)` is not a parameter's name: a-z A-Z 0-9 / _ . -")
        }
        let principal = key.expectedARN.map { Principal(arn: $0) }
        if let principal, principal.userName != key.user {
            throw failure(
                "\(name): expect_arn: `\(principal)` is not the ARN of this user; one looks like "
                    + "arn:aws:iam::123456789012:user/\(key.user)")
        }
        let written = if let targets = key.targets { targets } else { [try ownTarget()] }
        guard !written.isEmpty else { throw failure("\(name): target is empty; leave it out, or add one") }
        var targets: [AgentConfiguration.Target] = []
        for target in written { targets.append(try self.target(target, of: key.user, "\(name): target")) }
        return AgentConfiguration.Key(
            user: key.user, parameter: parameter, expectedPrincipal: principal,
            rendezvous: try rendezvous(key, name), targets: targets)
    }

    private func rendezvous(
        _ key: AgentDocument.Key, _ name: String
    ) throws(CommandFailure) -> AgentConfiguration.Rendezvous? {
        guard let text = key.rendezvousProfile else {
            if key.rendezvousFile == nil { return nil }
            throw failure("\(name): rendezvous_file is nothing without rendezvous_profile")
        }
        return AgentConfiguration.Rendezvous(
            path: try absolute(key.rendezvousFile ?? "~/.aws/credentials", "\(name): rendezvous_file"),
            profile: try profile(text, "\(name): rendezvous_profile"))
    }

    /// What the keys must be beside each other.
    func all(_ keys: [AgentConfiguration.Key]) throws(CommandFailure) {
        guard !keys.isEmpty else { throw failure("key is empty; add a [[key]] with user = \"…\"") }
        var users: Set<UserName> = []
        var places: Set<[String]> = []
        for key in keys {
            guard users.insert(key.user).inserted else {
                throw failure("the user \(key.user) has two [[key]]s; give one of them both lists of targets")
            }
            for target in key.targets where !places.insert([target.path, target.slot.name]).inserted {
                throw failure(
                    "\(target.path), profile \(target.slot.name), is a target twice; a profile holds one key only")
            }
        }
    }

    private func ownTarget() throws(CommandFailure) -> AgentDocument.Target {
        guard user.home != nil else {
            throw failure("no [[key.target]], and the home directory of user \(user.userID) is not known: set HOME")
        }
        return AgentDocument.Target(path: "~/.aws/credentials")
    }

    func profile(_ text: String, _ name: String) throws(CommandFailure) -> ProfileName {
        do throws(InvalidProfileName) {
            return try ProfileName(text)
        } catch {
            throw failure("\(name): \(error)")
        }
    }

    func failure(_ problem: String) -> CommandFailure {
        CommandFailure(.configuration, "\(path): \(problem)")
    }

    /// Nil for nil.
    func ping(_ text: String?) throws(CommandFailure) -> HTTPURL? {
        guard let text else { return nil }
        // Not repeated in the message: who knows the address can speak for this host.
        guard let url = HTTPURL(text) else {
            throw failure(
                "ping: not an address that can be called; one looks like https://hc-ping.com/… or "
                    + "http://kuma.example:3001/api/push/…, without a name and password in it")
        }
        return url
    }

    /// Nil for nil. https://github.com/prometheus/node_exporter#textfile-collector
    func textfile(_ text: String?) throws(CommandFailure) -> String? {
        guard let path = try absolute(text, "textfile") else { return nil }
        guard path.hasSuffix(".prom") else {
            throw failure("textfile: `\(path)` must end in .prom; the node exporter reads no other files")
        }
        return path
    }

    private func isName(_ text: String, _ lengths: ClosedRange<Int>, also others: String) -> Bool {
        lengths.contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || others.utf8.contains(byte)
            }
    }
}
