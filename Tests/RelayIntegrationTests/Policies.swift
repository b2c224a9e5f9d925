import SandboxSupport

/// The documented least-privilege policies.
enum Policies {
    /// Every managed user's.
    static func host(_ sandbox: Sandbox) -> JSON {
        document([
            allow(["ssm:GetParameter"], parameter(sandbox, "keybaton/${aws:username}")),
            allow(["s3:PutObject"], "arn:aws:s3:::\(Relay.bucket)/acks/${aws:username}/*"),
        ])
    }

    static func rotator(_ sandbox: Sandbox) -> JSON { document(rotatorStatements(sandbox).map(\.1)) }

    /// Each right by itself, so that each can be taken away.
    static func rotatorStatements(_ sandbox: Sandbox) -> [(String, JSON)] {
        let bucket = "arn:aws:s3:::\(Relay.bucket)"
        let user = "arn:aws:iam::\(sandbox.account):user/\(Relay.user)"
        let iam = [
            "ListAccessKeys", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed",
            "GetUser",
        ]
        let ssm = ["GetParameter", "PutParameter"]
        return iam.map { ("iam:\($0)", allow(["iam:\($0)"], user)) }
            + ssm.map { ("ssm:\($0)", allow(["ssm:\($0)"], parameter(sandbox, "keybaton/\(Relay.user)"))) }
            + [
                ("s3:ListBucket", allow(["s3:ListBucket"], bucket)),
                ("s3:GetObject acks", allow(["s3:GetObject", "s3:DeleteObject"], "\(bucket)/acks/*")),
                ("s3:GetObject state", allow(["s3:GetObject"], "\(bucket)/state/*")),
                ("s3:PutObject state", allow(["s3:PutObject"], "\(bucket)/state/*")),
                ("s3:PutObject view", allow(["s3:PutObject"], "\(bucket)/view/*")),
                ("s3:PutObject notices", allow(["s3:GetObject", "s3:PutObject"], "\(bucket)/notices/*")),
                ("s3:GetObject legacy", allow(["s3:GetObject"], "\(bucket)/param-update.sh.*")),
            ]
    }

    /// An administrator's.
    static let all: JSON = document([["Effect": "Allow", "Action": "*", "Resource": "*"]])

    static func document(_ statements: [JSON]) -> JSON {
        ["Version": "2012-10-17", "Statement": .array(statements)]
    }

    private static func parameter(_ sandbox: Sandbox, _ name: String) -> String {
        "arn:aws:ssm:\(sandbox.region):\(sandbox.account):parameter/\(name)"
    }

    private static func allow(_ actions: [String], _ resource: String) -> JSON {
        ["Effect": "Allow", "Action": .array(actions.map { .text($0) }), "Resource": .text(resource)]
    }
}
