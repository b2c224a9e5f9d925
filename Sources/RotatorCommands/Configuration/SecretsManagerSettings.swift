import AWS
import Destinations
import Handover
import Rotation
import SecretsManager

/// `[[user.secrets_manager]]`: a secret that holds the key as two fields of its JSON.
struct SecretsManagerSettings: DestinationSettings {
    /// Or an ARN.
    var name: String
    var idField: String?
    var secretField: String?
    /// For a secret that is made.
    var kmsKey: String?
    /// Nil: the rotator's, or that of the ARN.
    var region: String?

    enum CodingKeys: String, CodingKey {
        case name, region
        case idField = "id_field"
        case secretField = "secret_field"
        case kmsKey = "kms_key"
    }

    private var fields: SecretFields? {
        SecretFields(
            id: idField ?? SecretFields.standard.id, secret: secretField ?? SecretFields.standard.secret)
    }

    /// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    func check(for user: UserName) throws(InvalidSetting) {
        let name = name.naming(user)
        let others = name.hasPrefix("arn:") ? "/_+=.@-:" : "/_+=.@-"
        let isName = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")) ~= byte | 0x20 && byte < 0x80
                || (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte || others.utf8.contains(byte)
        }
        guard isName, (1...512).contains(name.utf8.count) else {
            throw InvalidSetting(
                "secrets_manager.name: `\(name)` is not the name of a secret: A-Z a-z 0-9 / _ + = . @ -")
        }
        guard fields != nil else {
            throw InvalidSetting(
                "secrets_manager: id_field and secret_field are two different names of at most 128 bytes")
        }
    }

    func destinations(for user: UserName, _ services: DestinationServices) -> [any Destination] {
        let name = name.naming(user)
        let client = region.map(services.client.inRegion) ?? services.client.forSecret(name)
        return [
            SecretsManagerDestination(
                SecretsManagerClient(client), secret: name, fields: fields ?? .standard, kmsKeyID: kmsKey,
                region: region)
        ]
    }

    func realm(assuming role: RoleARN?) -> String? { role?.account ?? "" }

    func permissions(for user: String, _ names: ResourceNames) -> [AccessPolicy.Statement] {
        let secret = name.replacing("{user}", with: user)
        // Only by name is a secret made where there is none.
        let making = name.hasPrefix("arn:") ? [] : ["secretsmanager:CreateSecret"]
        let actions = [
            "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage",
        ]
        let key = kmsKey.map { names.kms(["kms:GenerateDataKey", "kms:Decrypt"], $0, in: region) }
        return [.init(actions: actions + making, resources: [names.secret(secret, in: region)])]
            + (key.map { [$0] } ?? [])
    }
}
